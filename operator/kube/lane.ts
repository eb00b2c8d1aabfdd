// A lane of traffic to the API server: sessions with a bounded number of streams, and a queue for what has no room yet.
import type { ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2'
import type { Clock } from '../deps.ts'
import type { Connection } from './connection.ts'
import { Session } from './session.ts'

/** The request never reached the server, so it may be sent again whatever it asks for. */
export class Unsent extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'Unsent'
  }
}

export class Lane {
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #most: number
  #sessions: Session[] = []
  #connecting: Promise<void> | undefined
  #waiting: (() => void)[] = []
  #closed = false

  /** `most`: how many sessions there may be at once; streams beyond their room wait. */
  constructor(connection: Connection, clock: Clock, most: number) {
    this.#connection = connection
    this.#clock = clock
    this.#most = most
  }

  /** Opens a stream as soon as there is room. `before` is asked at the very last moment and may throw. */
  async open(headers: () => Promise<OutgoingHttpHeaders>, body: string | undefined, signal: AbortSignal, before?: () => void): Promise<ClientHttp2Stream> {
    const session = await this.#room(signal)
    try {
      const sent = await headers()
      signal.throwIfAborted()
      before?.()
      const stream = this.#request(session, sent, body === undefined)
      stream.once('close', () => this.#free(session))
      if (body !== undefined) stream.end(body)
      return stream
    } catch (error) {
      this.#free(session)
      throw error
    }
  }

  /** Ends every session and every stream on them. */
  close(): void {
    this.#closed = true
    for (const session of this.#sessions) session.http2.destroy()
  }

  #request(session: Session, headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    try {
      const stream = session.http2.request(headers, { endStream })
      // Whoever awaits the answer hears of it; this keeps an error that comes after that from ending the process.
      stream.on('error', () => {})
      return stream
    } catch (error) {
      throw new Unsent(error)
    }
  }

  async #room(signal: AbortSignal): Promise<Session> {
    for (;;) {
      signal.throwIfAborted()
      if (this.#closed) throw new Unsent(new Error('the client is closed'))
      this.#sessions = this.#sessions.filter((session) => session.usable)
      const free = this.#sessions.find((session) => session.hasRoom)
      if (free) {
        free.streams++
        return free
      }
      if (this.#sessions.length < this.#most) await this.#connect(signal)
      else await this.#turn(signal)
    }
  }

  // Many callers, one handshake.
  async #connect(signal: AbortSignal): Promise<void> {
    this.#connecting ??= this.#connection
      .tls()
      .then((tls) => Session.connect(this.#connection.server, tls, this.#clock))
      .then((session) => {
        if (this.#closed) session.http2.destroy()
        this.#sessions.push(session)
        session.http2.once('close', () => this.#wake())
      })
      .finally(() => {
        this.#connecting = undefined
        this.#wake()
      })
    const connecting = this.#connecting
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      connecting.then(resolve, (error: unknown) => reject(new Unsent(error))).finally(() => signal.removeEventListener('abort', abort))
    })
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== wake)
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.push(wake)
    })
  }

  #free(session: Session): void {
    session.streams--
    this.#waiting.shift()?.()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
