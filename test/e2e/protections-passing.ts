// Probes of how requests are passed on: to whom, for how long, in whose name, and what is no request any more.
import { randomBytes } from 'node:crypto'
import { request } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Site } from '../kind/browser.ts'
import { until } from '../kind/cluster.ts'
import { api, edge, nobody, type Probe, someClient, visitingAs, type Way } from './protections-probe.ts'
import { atOnce, type Begun, type Visit } from './protections-visit.ts'
import { namespace, timeouts } from './shop.ts'

/** Asks for a WebSocket; undefined when whoever answered has none. */
const upgrade = (site: Site): Promise<Duplex | undefined> =>
  new Promise((resolve, reject) => {
    const headers = {
      host: site.host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    }
    const asked = request({
      host: site.address,
      port: site.port,
      servername: site.host,
      ca: site.ca,
      agent: false,
      path: '/test/socket',
      headers,
      timeout: 10_000,
    })
    asked.once('upgrade', (_, socket) => resolve(socket))
    asked.once('response', (response) => resolve(response.resume() && undefined))
    asked.once('timeout', () => asked.destroy(new Error('/test/socket: no answer in time')))
    asked.once('error', reject)
    asked.end()
  })

/** Sends a short text as a client does, masked, and gives back what comes (RFC 6455, 5.2). */
const echoed = (socket: Duplex, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const [mask, clear] = [randomBytes(4), Buffer.from(text)]
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the WebSocket was closed')))
    socket.once('data', (frame: Buffer) => resolve(frame.subarray(2).toString('utf8')))
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | clear.length]), mask, clear.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]))
  })

export const webSocket: Probe = async ({ site }) => {
  for (let attempt = 0; attempt < 30; attempt++) {
    const socket = await upgrade(site)
    if (!socket) continue
    const heard = [await echoed(socket, 'one'), await echoed(socket, 'two')]
    socket.destroy()
    return heard.join() === 'one,two' ? edge('both texts came back') : nobody(`"${heard.join()}" came back`)
  }
  return nobody('none of 30 requests was upgraded')
}

/** Longer than any edge may wait that heeds what it is told, by what a busy machine adds. */
const patience = (timeouts.connect + timeouts.send + timeouts.read + 5) * 1000

interface Waited {
  readonly seconds: number
  readonly told?: Begun
}

/** Nobody repeats a POST that may have been seen, so it is the edge that must answer. */
export const silence = (visit: Visit): Promise<Waited> => {
  const look = async (): Promise<Waited | undefined> => {
    const began = performance.now()
    const told = await visit.open('/test/silence', { method: 'POST', timeoutMilliseconds: patience }).catch(() => undefined)
    return told?.by === 'api' ? undefined : { seconds: (performance.now() - began) / 1000, ...(told && { told }) }
  }
  return until('the server of the tests is silent', look, atOnce)
}

export const timeoutsHeld: Probe = (way) =>
  visitingAs(someClient(), way, async (visit) => {
    const { seconds, told } = await silence(visit)
    const detail = `${told ? `${told.by}: ${told.status}` : 'no answer'} after ${seconds.toFixed(1)} s`
    return told?.by === 'edge' && told.status === 504 && seconds <= timeouts.read + 2 ? edge(detail) : nobody(detail)
  })

/** The server of the tests begins an answer and does not end it. */
const keepBusy = (visit: Visit): Promise<true> => {
  const look = async () => ((await visit.open('/test/stream')).by === 'upstream' ? true : undefined)
  return until('the server of the tests streams', look, atOnce)
}

export const loadBalancing: Probe = (way) =>
  visitingAs(someClient(), way, async (visit) => {
    await keepBusy(visit)
    const answers = []
    for (let count = 0; count < 20; count++) answers.push((await visit.ask('/')).by)
    const shares = `${answers.filter((by) => by === 'upstream').length} of 20 to the busy one`
    return answers.includes('api') ? edge(answers.includes('upstream') ? `in turn: ${shares}` : `least connections: ${shares}`) : nobody(shares)
  })

interface Seen {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly peer: string
}

/** The address by which the API counts who sent a request that it answered, as it told its audit. */
const addressInAudit = async ({ cluster }: Way, requestId: string): Promise<string> => {
  const selector = 'app.kubernetes.io/instance=shop,app.kubernetes.io/component=api'
  const line = await until(
    `the API's audit has the request ${requestId}`,
    async () => {
      const log = await cluster.kubectl(['-n', namespace, 'logs', '-l', selector, '--since=5m', '--tail=-1'])
      return log.split('\n').find((candidate) => candidate.includes('"audit":true') && candidate.includes(requestId))
    },
    { seconds: 15 },
  )
  return (JSON.parse(line) as { readonly address: string }).address
}

export const clientAddress: Probe = (way) => {
  const client = someClient()
  // what is written before the client's own address anybody can have written
  return visitingAs(`192.0.2.1, ${client}`, way, async (visit) => {
    const { headers, peer } = JSON.parse((await visit.askPast('api', '/test/seen')).text) as Seen
    const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'nobody', password: 'wrong' }) }
    const refused = await visit.askPast('upstream', '/api/auth/login', login)
    const counted = await addressInAudit(way, refused.headers['x-request-id'] ?? 'none')
    const detail = `told ${headers['x-forwarded-for']} by ${peer}, counted as ${counted}`
    if (headers['x-finia-edge-key'] && counted === client && headers['x-forwarded-for'] === client) return edge(detail)
    return counted === headers['x-forwarded-for'] && counted !== peer ? api(detail) : nobody(detail)
  })
}
