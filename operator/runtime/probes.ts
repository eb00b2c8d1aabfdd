// What a kubelet and a monitoring system ask: /livez, /readyz, /metrics, and what a program tells beside it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ProbeOptions {
  readonly port: number
  readonly host?: string
  /** What is not ready yet, as phrases; empty = ready. */
  readonly missing: () => readonly string[]
  /** The metrics in Prometheus' text format, and its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>
  /** What /status answers, as JSON. */
  readonly status?: () => object
}

interface Reply {
  readonly status: number
  readonly type?: string
  readonly text: string
}

const reply = async (path: string, { missing, metrics, status }: ProbeOptions): Promise<Reply> => {
  if (path === '/livez') return { status: 200, text: 'ok\n' }
  if (path === '/readyz') {
    const phrases = missing()
    return phrases.length === 0 ? { status: 200, text: 'ok\n' } : { status: 503, text: `not ready: ${phrases.join('; ')}\n` }
  }
  if (path === '/metrics') return { status: 200, ...(await metrics()) }
  if (path === '/status' && status) return { status: 200, type: 'application/json', text: JSON.stringify(status()) }
  return { status: 404, text: 'this server has /livez, /readyz and /metrics\n' }
}

export class Probes {
  readonly #server: Server
  readonly #options: ProbeOptions

  constructor(options: ProbeOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/'
      const asked = request.method === 'GET' || request.method === 'HEAD'
      const answer: Promise<Reply> = asked ? reply(path, options) : Promise.resolve({ status: 405, text: 'only GET\n' })
      answer
        .catch((): Reply => ({ status: 500, text: 'failed\n' }))
        .then(({ status, type = 'text/plain; charset=utf-8', text }) => {
          response.writeHead(status, { 'content-type': type }).end(request.method === 'HEAD' ? undefined : text)
        })
        .catch(() => response.destroy())
    })
  }

  /** Listens; the port, which is chosen when 0 was asked for. */
  start(): Promise<number> {
    const { port, host } = this.#options
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port, ...(host !== undefined && { host }) }, () => resolve((this.#server.address() as AddressInfo).port))
    })
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
