// Servers in the place of API pods: they answer everybody with a little JSON and keep connections longer than nginx does.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Endpoint } from './slices-server.ts'

export class ApiStandIn {
  /** Requests so far. */
  requests = 0
  readonly #server: Server
  readonly #host: string

  private constructor(host: string) {
    this.#host = host
    this.#server = createServer({ keepAliveTimeout: 72_000 }, (request, response) => {
      this.requests++
      request.resume()
      response.setHeader('content-type', 'application/json').end('{"status":"healthy"}')
    })
  }

  static async start(host: string): Promise<ApiStandIn> {
    const api = new ApiStandIn(host)
    await new Promise<void>((resolve, reject) => api.#server.once('error', reject).listen(0, host, resolve))
    return api
  }

  get endpoint(): Endpoint {
    return { address: this.#host, port: (this.#server.address() as AddressInfo).port }
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}
