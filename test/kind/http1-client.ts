// A person's browser over HTTP/1.1: connections are kept, and what was asked on an idle one that the server closed at that moment is asked once more.
import { Agent, request } from 'node:https'
import type { Site } from './browser.ts'

interface Failure {
  readonly error: Error
  /** On a connection that had been idle, and closed before a byte of an answer came: nobody has begun it (RFC 9112, 9.3.1). */
  readonly unbegun: boolean
}

const closedBySomebody = new Set(['ECONNRESET', 'EPIPE'])

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

export class Http1Client {
  readonly #site: Site
  readonly #kept = new Agent({ keepAlive: true })
  /** Connections opened so far. */
  connections = 0
  /** Requests that were sent once more. */
  repeated = 0

  constructor(site: Site) {
    this.#site = site
  }

  /** The status of a GET. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const outcome = await this.#attempt(path, headers, this.#kept)
    if (typeof outcome === 'number') return outcome
    if (!outcome.unbegun) throw outcome.error
    this.repeated++
    // another idle connection may be closed as well
    const second = await this.#attempt(path, headers, false)
    if (typeof second === 'number') return second
    throw second.error
  }

  close(): void {
    this.#kept.destroy()
  }

  #attempt(path: string, headers: Readonly<Record<string, string>>, agent: Agent | false): Promise<number | Failure> {
    const { address = '127.0.0.1', host, port, ca } = this.#site
    return new Promise((resolve) => {
      let begun = false
      const note = () => {
        begun = true
      }
      const asked = request({ host: address, port, servername: host, ca, agent, path, headers: { host: `${host}:${port}`, ...headers }, timeout: 30_000 })
      const fail = (error: Error) => resolve({ error, unbegun: asked.reusedSocket && !begun && closedBySomebody.has(codeOf(error)) })
      asked.once('socket', (socket) => {
        if (!asked.reusedSocket) this.connections++
        socket.on('data', note)
        asked.once('close', () => socket.off('data', note))
      })
      asked.once('response', (response) => {
        response.once('error', fail)
        response.once('end', () => resolve(response.statusCode ?? 0))
        response.resume()
      })
      asked.once('timeout', () => asked.destroy(new Error(`${path}: no answer in time`)))
      asked.once('error', fail)
      asked.end()
    })
  }
}
