// A person's browser over HTTP/2: one connection that is left when the server says goodbye, and what the server says it has not begun is asked again.
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import type { Site } from './browser.ts'

const { NGHTTP2_REFUSED_STREAM } = constants

export class Http2Client {
  readonly #site: Site
  #session: ClientHttp2Session | undefined
  /** Connections opened so far. */
  connections = 0

  constructor(site: Site) {
    this.#site = site
  }

  /** The status of a GET. A stream that the server refused before it began (RFC 9113, 8.7) goes over another connection, as browsers do it. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(path, headers)
      if (typeof outcome === 'number') return outcome
      if (!outcome.unbegun || attempt === 3) throw outcome.error
      this.#leave(outcome.session)
    }
  }

  close(): void {
    this.#session?.close()
  }

  #leave(session: ClientHttp2Session): void {
    if (this.#session === session) this.#session = undefined
    session.close()
  }

  #current(): ClientHttp2Session {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session
    const { address = '127.0.0.1', host, port, ca } = this.#site
    const session = connect(`https://${host}:${port}`, {
      ca,
      servername: host,
      lookup: (_name, _options, done) => done(null, [{ address, family: 4 }]),
    })
    this.connections++
    session.on('goaway', () => this.#leave(session))
    // what fails because of it is told by the requests
    session.on('error', () => this.#leave(session))
    this.#session = session
    return session
  }

  #attempt(
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<number | { readonly error: unknown; readonly unbegun: boolean; readonly session: ClientHttp2Session }> {
    const session = this.#current()
    return new Promise((resolve) => {
      let status = 0
      const stream = session.request({ ...headers, ':path': path })
      stream.setTimeout(30_000, () => stream.destroy(new Error(`${path}: no answer in time`)))
      stream.on('response', (headers) => {
        status = headers[':status'] ?? 0
      })
      stream.on('error', (error) => resolve({ error, unbegun: stream.rstCode === NGHTTP2_REFUSED_STREAM, session }))
      stream.on('end', () => {
        // a connection that is cut ends a stream as well, and 'close' tells how
        if (status > 0) resolve(status)
      })
      stream.on('close', () =>
        resolve(
          status > 0 ? status : { error: new Error(`${path}: closed with ${stream.rstCode}`), unbegun: stream.rstCode === NGHTTP2_REFUSED_STREAM, session },
        ),
      )
      stream.resume()
      stream.end()
    })
  }
}
