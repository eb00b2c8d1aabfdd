// As much of an API server as an edge's agent asks for: the EndpointSlices of one Service, first all of them, then every change.
import { createSecureServer, type Http2SecureServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { KeyPair, KubeObject } from '../../operator/deps.ts'
import type { EndpointSlice } from '../../operator/edge-agent/upstreams.ts'
import { labels } from '../../operator/names.ts'

export interface Endpoint {
  readonly address: string
  readonly port: number
}

export interface SlicesOptions {
  /** Where it listens. */
  readonly host: string
  readonly certificate: KeyPair
  readonly token: string
  readonly namespace: string
  readonly service: string
}

type EventType = 'ADDED' | 'DELETED' | 'BOOKMARK'

interface Event {
  readonly type: EventType
  readonly object: KubeObject
  readonly version: number
}

const kind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' } as const
const endOfAll = { 'k8s.io/initial-events-end': 'true' }

export class SlicesServer {
  readonly #options: SlicesOptions
  readonly #server: Http2SecureServer
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #watches = new Set<ServerHttp2Stream>()
  readonly #slices = new Map<string, KubeObject>()
  readonly #events: Event[] = []
  #version = 1

  private constructor(options: SlicesOptions) {
    this.#options = options
    this.#server = createSecureServer({ cert: options.certificate.certificate, key: options.certificate.key })
    this.#server.on('session', (session) => {
      this.#sessions.add(session)
      session.on('error', () => {})
      session.once('close', () => this.#sessions.delete(session))
    })
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on('error', () => {})
      this.#answer(stream, new URL(headers[':path'] ?? '/', 'https://stub'), headers.authorization)
    })
  }

  static async start(options: SlicesOptions): Promise<SlicesServer> {
    const server = new SlicesServer(options)
    await new Promise<void>((resolve, reject) => server.#server.once('error', reject).listen(0, options.host, resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Which endpoints the Service has from now on. Each has a slice of its own, for the endpoints of one slice share a port. */
  set(endpoints: readonly Endpoint[]): void {
    const wanted = new Map(endpoints.map((endpoint) => [`${this.#options.service}-${endpoint.address}-${endpoint.port}`, endpoint]))
    for (const [name, slice] of this.#slices) if (!wanted.has(name)) this.#take('DELETED', slice)
    for (const [name, endpoint] of wanted) if (!this.#slices.has(name)) this.#take('ADDED', this.#slice(name, endpoint))
  }

  /** Ends it and every connection, as a crash does. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#sessions) session.destroy()
    await closed
  }

  #slice(name: string, { address, port }: Endpoint): EndpointSlice {
    const { namespace, service } = this.#options
    return {
      ...kind,
      metadata: { name, namespace, uid: `uid-of-${name}`, labels: { [labels.service]: service } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [{ name: 'http', port, protocol: 'TCP' }],
    }
  }

  #take(type: 'ADDED' | 'DELETED', slice: KubeObject): void {
    const object = { ...slice, metadata: { ...slice.metadata, resourceVersion: String(++this.#version) } }
    if (type === 'DELETED') this.#slices.delete(object.metadata.name)
    else this.#slices.set(object.metadata.name, object)
    const event = { type, object, version: this.#version }
    this.#events.push(event)
    for (const watch of this.#watches) send(watch, event)
  }

  #answer(stream: ServerHttp2Stream, url: URL, authorization: string | undefined): void {
    const { namespace, service, token } = this.#options
    const asked = url.searchParams
    const isOurs = url.pathname === `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices` && asked.get('watch') === 'true'
    if (authorization !== `Bearer ${token}`) return refuse(stream, 401, 'the token is not the one that was given out')
    if (!isOurs) return refuse(stream, 404, `${url.pathname}${url.search} is not served here`)
    stream.respond({ ':status': 200, 'content-type': 'application/json' })
    const concerned = asked.get('labelSelector') === `${labels.service}=${service}`
    for (const event of this.#before(asked, concerned)) send(stream, event)
    if (!concerned) return
    this.#watches.add(stream)
    stream.once('close', () => this.#watches.delete(stream))
  }

  /** What a watch begins with: all there is and a mark that this was all, or what came after the version that it knows. */
  #before(asked: URLSearchParams, concerned: boolean): readonly Event[] {
    const version = this.#version
    if (asked.get('sendInitialEvents') !== 'true')
      return concerned ? this.#events.filter((event) => event.version > Number(asked.get('resourceVersion') ?? '0')) : []
    const all = concerned ? [...this.#slices.values()].map((object) => ({ type: 'ADDED', object, version }) as const) : []
    const end = { ...kind, metadata: { name: '', resourceVersion: String(version), annotations: endOfAll } }
    return [...all, { type: 'BOOKMARK', object: end, version }]
  }
}

const send = (stream: ServerHttp2Stream, { type, object }: Event): void => {
  if (!stream.destroyed) stream.write(`${JSON.stringify({ type, object })}\n`)
}

const refuse = (stream: ServerHttp2Stream, code: number, message: string): void => {
  stream.respond({ ':status': code, 'content-type': 'application/json' })
  stream.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }))
}
