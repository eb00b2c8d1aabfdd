// Stands between a client and the API server and does harm by rule. A rule fires on the content and the count of requests, never on time;
// one that did not fire fails the test that made it.
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net'
import { type Act, fits, type Rule, type Seen, seenOf } from './fault-rules.ts'
import type { ApiServer } from './set-up.ts'

export type { Rule } from './fault-rules.ts'

interface Armed {
  readonly rule: Rule
  fitting: number
  fired: number
}

export class FaultProxy {
  readonly requests: Seen[] = []
  /** How many connections there have been. */
  connections = 0
  readonly #server: Http2SecureServer
  readonly #front: Server
  readonly #api: ApiServer
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  #upstream: ClientHttp2Session | undefined
  #armed: Armed[] = []
  #port = 0

  private constructor(api: ApiServer) {
    this.#api = api
    this.#server = createSecureServer({ cert: api.serverCertificate, key: api.serverKey })
    this.#server.on('session', (session) => {
      this.connections++
      this.#sessions.add(session)
      session.on('error', () => {})
      session.once('close', () => this.#sessions.delete(session))
    })
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: Record<string, unknown>) =>
      this.#handle(stream, String(headers[':method']), String(headers[':path']), headers),
    )
    // A plain relay in front, because only below HTTP/2 can a connection fall silent.
    this.#front = createServer((client) => this.#relay(client))
  }

  static async start(api: ApiServer): Promise<FaultProxy> {
    const proxy = new FaultProxy(api)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    await new Promise<void>((resolve) => proxy.#front.listen(0, '127.0.0.1', resolve))
    proxy.#port = (proxy.#front.address() as AddressInfo).port
    return proxy
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`
  }

  /** Adds rules; each fires once unless it says otherwise. */
  arm(...rules: readonly Rule[]): void {
    this.#armed.push(...rules.map((rule) => ({ rule, fitting: 0, fired: 0 })))
  }

  /** Requests that fit. */
  seen(filter: Pick<Rule, 'verb' | 'resource' | 'name' | 'subresource'>): readonly Seen[] {
    return this.requests.filter((request) => fits({ ...filter, act: { do: 'hold' } }, request))
  }

  /** Rules that did not fire as often as they say. */
  get unfired(): readonly Rule[] {
    return this.#armed.filter(({ rule, fired }) => fired < (rule.times ?? 1)).map(({ rule }) => rule)
  }

  /** All connections fall silent and stay open. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** All connections break. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Stops and fails when a rule has not fired. */
  async stop(): Promise<void> {
    this.#upstream?.destroy()
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all([new Promise((resolve) => this.#front.close(resolve)), new Promise((resolve) => this.#server.close(resolve))])
    if (this.unfired.length > 0) throw new Error(`these rules did not fire: ${JSON.stringify(this.unfired)}`)
  }

  #relay(client: Socket): void {
    const inner = connectTcp((this.#server.address() as AddressInfo).port, '127.0.0.1')
    for (const [socket, other] of [
      [client, inner],
      [inner, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.once('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }

  #actFor(seen: Seen): Act | undefined {
    let act: Act | undefined
    for (const armed of this.#armed) {
      if (!fits(armed.rule, seen)) continue
      armed.fitting++
      const { nth = 1, times = 1 } = armed.rule
      if (act !== undefined || armed.fitting < nth || armed.fired >= times) continue
      armed.fired++
      act = armed.rule.act
    }
    return act
  }

  #connectUpstream(): ClientHttp2Session {
    if (this.#upstream === undefined || this.#upstream.closed || this.#upstream.destroyed) {
      this.#upstream = connect(this.#api.url, { ca: this.#api.ca, settings: { initialWindowSize: 4 * 1024 * 1024 } })
      this.#upstream.on('error', () => {})
    }
    return this.#upstream
  }

  #handle(stream: ServerHttp2Stream, method: string, target: string, headers: Record<string, unknown>): void {
    stream.on('error', () => {})
    const seen = seenOf(method, target)
    this.requests.push(seen)
    const act = this.#actFor(seen)
    if (act?.do === 'hold') return
    if (act?.do === 'reset') return stream.close(act.code)
    if (act?.do === 'respond') {
      seen.status = act.status
      const type = typeof act.body === 'string' ? 'text/plain' : 'application/json'
      stream.respond({ ':status': act.status, 'content-type': type, ...act.headers })
      stream.end(typeof act.body === 'string' ? act.body : JSON.stringify(act.body))
      return
    }
    if (act?.do === 'goaway') stream.session?.goaway(constants.NGHTTP2_NO_ERROR)
    this.#forward(stream, seen, act, headers)
  }

  #forward(stream: ServerHttp2Stream, seen: Seen, act: Act | undefined, headers: Record<string, unknown>): void {
    const copied = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== ':authority' && name !== ':scheme')) as Record<string, string>
    const upstream = this.#connectUpstream().request(copied)
    upstream.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    stream.once('close', () => upstream.close(constants.NGHTTP2_CANCEL))
    stream.pipe(upstream)
    upstream.once('response', (answer) => {
      seen.status = Number(answer[':status'])
      if (act?.do === 'loseAnswer') {
        upstream.resume().once('end', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
        return
      }
      if (stream.destroyed || stream.closed) return
      stream.respond(answer)
      if (act?.do === 'cutMidLine' || act?.do === 'sayAndEnd') upstream.on('data', disturb(stream, act))
      else upstream.pipe(stream)
    })
    upstream.once('close', () => {
      if (upstream.rstCode !== constants.NGHTTP2_NO_ERROR && !stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    })
  }
}

type Disturbance = Extract<Act, { do: 'cutMidLine' | 'sayAndEnd' }>

const disturb = (stream: ServerHttp2Stream, act: Disturbance) => {
  let lines = 0
  let rest = ''
  let over = false
  return (chunk: Buffer): void => {
    rest += chunk.toString('utf8')
    for (let at = rest.indexOf('\n'); at >= 0 && !over; at = rest.indexOf('\n')) {
      const line = rest.slice(0, at + 1)
      rest = rest.slice(at + 1)
      if (lines++ < act.afterLines) stream.write(line)
      else {
        over = true
        if (act.do === 'sayAndEnd') stream.end(`${JSON.stringify(act.line)}\n`)
        else stream.write(line.slice(0, Math.floor(line.length / 2)), () => stream.session?.destroy())
      }
    }
    // With no line to come before the disturbance, saying something needs none.
    if (!over && act.do === 'sayAndEnd' && lines >= act.afterLines) {
      over = true
      stream.end(`${JSON.stringify(act.line)}\n`)
    }
  }
}
