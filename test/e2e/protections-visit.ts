// One connection to an edge, over HTTP/2: all that is asked on it meets the same nginx. Who answered is told with each answer.
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import type { Question, Site } from '../kind/browser.ts'
import { until } from '../kind/cluster.ts'

/** The API marks what it answers, and so does the server of the tests beside it; an edge does not. */
export type Answerer = 'api' | 'upstream' | 'edge'

export interface Told {
  readonly by: Answerer
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

type Headers = Readonly<Record<string, string | readonly string[] | number | undefined>>

export const answererOf = (headers: Headers): Answerer => {
  if (headers['x-test-upstream'] !== undefined) return 'upstream'
  return headers['server-timing'] !== undefined && headers['x-request-id'] !== undefined ? 'api' : 'edge'
}

const texts = (headers: Headers): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

const textOf = (stream: ClientHttp2Stream): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('error', reject)
    stream.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })

/** Whoever is asked again is asked without a pause, and for longer than a connection that was left takes to be forgotten. */
export const atOnce = { seconds: 15, everyMilliseconds: 0 } as const

export class Visit {
  readonly #session: ClientHttp2Session
  readonly #site: Site
  readonly #headers: Readonly<Record<string, string>>

  constructor(site: Site, headers: Readonly<Record<string, string>> = {}) {
    const { address = '127.0.0.1', port, host, ca } = site
    this.#site = site
    this.#headers = headers
    this.#session = connect(`https://${host}:${port}`, {
      createConnection: () => connectTls({ host: address, port, servername: host, ca, ALPNProtocols: ['h2'] }),
    })
    // told by the requests that it fails
    this.#session.on('error', () => {})
  }

  /** A request whose answer has begun and goes on. */
  open(path: string, { method = 'GET', headers = {}, body, timeoutMilliseconds = 30_000 }: Question = {}): Promise<Begun> {
    const authority = `${this.#site.host}:${this.#site.port}`
    return new Promise((resolve, reject) => {
      const asked = { ':path': path, ':method': method, ':authority': authority, ...this.#headers, ...headers }
      const stream = this.#session.request(asked, { endStream: body === undefined })
      const late = setTimeout(() => stream.destroy(new Error(`${method} ${path}: no answer within ${timeoutMilliseconds} ms`)), timeoutMilliseconds)
      stream.once('close', () => clearTimeout(late))
      stream.once('error', reject)
      stream.once('close', () => reject(new Error(`${method} ${path}: the connection ended before an answer`)))
      stream.once('response', (answered) => resolve({ by: answererOf(answered), status: answered[':status'] ?? 0, headers: texts(answered), stream }))
      if (body !== undefined) stream.end(body)
    })
  }

  async ask(path: string, question: Question = {}): Promise<Told> {
    const { stream, ...begun } = await this.open(path, question)
    return { ...begun, text: await textOf(stream) }
  }

  /** Asks until somebody else has answered than who is not wanted: of two servers behind an edge one gets about half of what is asked, unless it is busy. */
  askPast(unwanted: Answerer, path: string, question: Question = {}): Promise<Told> {
    const look = async () => {
      const told = await this.ask(path, question)
      return told.by === unwanted ? undefined : told
    }
    return until(`not only ${unwanted} answers ${path}`, look, atOnce)
  }

  close(): void {
    this.#session.destroy()
  }
}

export type Begun = Omit<Told, 'text'> & { readonly stream: ClientHttp2Stream }

/** A visit that ends whatever comes of it. */
export const visiting = async <T>(site: Site, headers: Readonly<Record<string, string>>, work: (visit: Visit) => Promise<T>): Promise<T> => {
  const visit = new Visit(site, headers)
  try {
    return await work(visit)
  } finally {
    visit.close()
  }
}
