// Asks FiniA over https as a person's browser would: the name of the host, the CA handed in, and a port of this machine that leads into the cluster.
import { request } from 'node:https'

export interface Site {
  readonly host: string
  /** Where to connect to; this machine unless told. */
  readonly address?: string
  readonly port: number
  readonly ca: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMilliseconds?: number
}

/** A new connection each time, so that every request is balanced anew. */
export const ask = (site: Site, path: string, question: Question = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = {
      host: site.address ?? '127.0.0.1',
      port: site.port,
      servername: site.host,
      ca: site.ca,
      agent: false as const,
      path,
      method: question.method ?? 'GET',
      headers: { host: `${site.host}:${site.port}`, ...question.headers },
      timeout: question.timeoutMilliseconds ?? 30_000,
    }
    const asked = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }))
    })
    asked.once('timeout', () => asked.destroy(new Error(`${options.method} ${path}: no answer in time`)))
    asked.once('error', reject)
    asked.end(question.body)
  })
