// One HTTP/2 session with the API server: connects within a bound, proves by PING that the other side still lives, and counts its streams.
import { type ClientHttp2Session, connect } from 'node:http2'
import type { Clock } from '../deps.ts'
import type { TlsMaterial } from './connection.ts'

const connectMilliseconds = 10_000
const pingEveryMilliseconds = 30_000
const pingMilliseconds = 15_000
// The defaults of 64 KiB make a list wait for a round trip every 64 KiB.
const streamWindow = 4 * 1024 * 1024
const sessionWindow = 16 * 1024 * 1024
const sessionMemoryMegabytes = 64

/** API servers allow 100 streams; the rest is room for what is closing. */
const streamsPerSession = 80

const pong = (session: ClientHttp2Session): Promise<void> =>
  new Promise((resolve, reject) => {
    session.ping((error) => (error ? reject(error) : resolve()))
  })

const connected = (session: ClientHttp2Session): Promise<void> =>
  new Promise((resolve, reject) => {
    session.once('connect', () => resolve())
    session.once('error', reject)
    session.once('close', () => reject(new Error('the connection was closed before it was ready')))
  })

export class Session {
  readonly http2: ClientHttp2Session
  streams = 0
  readonly #gone = new AbortController()
  readonly #clock: Clock

  private constructor(http2: ClientHttp2Session, clock: Clock) {
    this.http2 = http2
    this.#clock = clock
  }

  static async connect(server: string, tls: TlsMaterial, clock: Clock): Promise<Session> {
    const http2 = connect(server, { ...tls, maxSessionMemory: sessionMemoryMegabytes, settings: { enablePush: false, initialWindowSize: streamWindow } })
    const session = new Session(http2, clock)
    // Streams report what happened to them; without a listener the event would end the process.
    http2.on('error', () => {})
    http2.once('close', () => session.#gone.abort())
    const ready = new AbortController()
    const late = clock.sleep(connectMilliseconds, ready.signal).then(
      () => http2.destroy(new Error(`no connection within ${connectMilliseconds / 1000} s`)),
      () => {},
    )
    try {
      await connected(http2)
    } finally {
      ready.abort()
      await late
    }
    http2.setLocalWindowSize(sessionWindow)
    void session.#keepAlive()
    return session
  }

  /** Whether a new stream may be opened: after a GOAWAY a session only ends what it has begun. */
  get usable(): boolean {
    return !this.http2.closed && !this.http2.destroyed
  }

  get hasRoom(): boolean {
    return this.usable && this.streams < streamsPerSession
  }

  // A connection whose other end is gone without a word looks idle for ever; only an answer tells.
  async #keepAlive(): Promise<void> {
    const { signal } = this.#gone
    while (!this.http2.destroyed) {
      const answered = new AbortController()
      try {
        await this.#clock.sleep(pingEveryMilliseconds, signal)
        const silent = this.#clock.sleep(pingMilliseconds, AbortSignal.any([signal, answered.signal])).then(() => {
          throw new Error(`no answer to a PING within ${pingMilliseconds / 1000} s`)
        })
        await Promise.race([pong(this.http2), silent])
        silent.catch(() => {})
      } catch (error) {
        this.http2.destroy(error instanceof Error && !signal.aborted ? error : undefined)
      } finally {
        answered.abort()
      }
    }
  }
}
