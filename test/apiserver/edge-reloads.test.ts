// The managed edge as it runs in a pod, in containers of its own. It is here because this layer has a Docker engine or can have one, and is quick;
// the EndpointSlices come from a server of the test's own, for the API server of this layer listens where no container can reach it.
import { once } from 'node:events'
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiStandIn } from '../edge/api-stand-in.ts'
import { EdgePod } from '../edge/edge-pod.ts'
import { type SteadyLoad, steadyLoad } from '../edge/steady-load.ts'
import { ask } from '../kind/browser.ts'
import { until } from '../kind/cluster.ts'
import { Http1Client } from '../kind/http1-client.ts'
import { Http2Client } from '../kind/http2-client.ts'
import { reloadsOf } from '../reloads.ts'
import { anInstance } from '../support/instance.ts'

const { reloads, requests } = reloadsOf(process.env)
/** Of a machine that has others to serve. */
const secondsForReload = 15

const started: { readonly stop: () => Promise<void> }[] = []
let pod: EdgePod
let apis: readonly [ApiStandIn, ApiStandIn, ApiStandIn]

beforeAll(async () => {
  pod = await EdgePod.start(anInstance({ spec: { ingress: { limits: { requestsPerSecond: 0, loginsPerMinute: 0 } } } }))
  started.push(pod)
  const start = () => ApiStandIn.start(pod.containers.gateway)
  apis = [await start(), await start(), await start()]
  started.push(...apis)
  await pod.serve(endpoints(3))
})

afterAll(async () => {
  for (const one of started) await one.stop()
})

const endpoints = (count: number) => apis.slice(0, count).map(({ endpoint }) => endpoint)

/** Both protocols at once. */
const underLoad = async (least: number, work: (loads: readonly [SteadyLoad, SteadyLoad]) => Promise<void>) => {
  const clients = [new Http1Client(pod.site), new Http2Client(pod.site)] as const
  const options = { path: '/api/health', requests: least }
  const loads = [steadyLoad(clients[0], options), steadyLoad(clients[1], options)] as const
  try {
    await work(loads)
  } finally {
    await Promise.all(loads.map(({ end }) => end()))
  }
  const [http1, http2] = await Promise.all(loads.map(({ end }) => end()))
  return { http1, http2, connections: clients.map(({ connections }) => connections) }
}

const noneFailed = { requests: expect.any(Number), outcomes: { 200: expect.any(Number) }, failed: [] }

/** Old workers end what they have begun; then nobody who runs knows the third one. */
const untilThirdIsLeft = (loads: readonly SteadyLoad[]) => {
  const asked = () => loads.reduce((sum, load) => sum + load.requests(), 0)
  return until(
    'the pod that has gone is asked no longer',
    async () => {
      const [third, all] = [apis[2].requests, asked()]
      await until('people ask', async () => (asked() >= all + 60 ? true : undefined), { seconds: 10, everyMilliseconds: 10 })
      return apis[2].requests === third ? true : undefined
    },
    { seconds: 30, everyMilliseconds: 10 },
  )
}

test(`${requests} requests over HTTP/1.1 and as many over HTTP/2 during ${reloads} reloads: none fails`, {
  timeout: (60 + reloads * secondsForReload + requests / 20) * 1000,
}, async () => {
  const { http1, http2, connections } = await underLoad(requests, async (loads) => {
    const isEnough = () => loads.every((load) => load.requests() >= requests)
    // some of the requests after the last reload would prove nothing
    for (let reload = 0; reload < reloads || !isEnough(); reload++) {
      const count = reload % 2 === 0 ? 2 : 3
      await pod.serve(endpoints(count))
      if (count === 2) await untilThirdIsLeft(loads)
    }
  })
  expect([http1, http2]).toEqual([noneFailed, noneFailed])
  expect(Math.min(http1?.requests ?? 0, http2?.requests ?? 0)).toBeGreaterThanOrEqual(requests)
  // connections were kept, or a reload would have met none that was idle
  expect(Math.max(...connections)).toBeLessThan(requests / 5)
})

test('a configuration that nginx refuses is told, pods come and go meanwhile, and no request fails', { timeout: 300_000 }, async () => {
  const { http1, http2 } = await underLoad(200, async () => {
    await pod.mountSettings((conf) => `${conf}\nnonsense;\n`)
    await pod.untilState('the agent tells what nginx says', ({ refused }) => refused?.includes('unknown directive "nonsense"') ?? false)
    await pod.serve(endpoints(2))
    await pod.serve(endpoints(3))
    await pod.mountSettings((conf) => conf)
    await pod.untilState('nothing is refused any more', ({ refused, running, mounted }) => refused === undefined && running?.settings === mounted)
  })
  expect([http1, http2]).toEqual([noneFailed, noneFailed])
})

/** A connection that the server has taken, and on which nothing has been said yet. */
const silentConnection = async (): Promise<Socket> => {
  const socket = connectTcp(pod.site.port, pod.site.address)
  await once(socket, 'connect')
  return socket
}

const speak = (socket: Socket): ClientHttp2Session =>
  connect(`https://${pod.site.host}`, { createConnection: () => connectTls({ socket, ca: pod.site.ca, servername: pod.site.host, ALPNProtocols: ['h2'] }) })

const statusOver = async (session: ClientHttp2Session): Promise<number> => {
  const stream = session.request({ ':path': '/api/health' })
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status'?: number }]
  stream.resume()
  await once(stream, 'close')
  return headers[':status'] ?? 0
}

test('a connection that was being made at a reload is ended in good order too, before its worker is', { timeout: 300_000 }, async () => {
  // nginx does that after half a minute; here sooner
  const secondsOf = (conf: string, directive: string) => Number(new RegExp(`${directive} (\\d+)s;`).exec(conf)?.[1])
  await pod.mountSettings((conf) => {
    // what is begun before it has as long again to be answered
    expect(secondsOf(conf, 'worker_shutdown_timeout')).toBeGreaterThanOrEqual(2 * secondsOf(conf, 'keepalive_time'))
    return conf.replace('keepalive_time 30s;', 'keepalive_time 3s;')
  })
  await pod.untilState('nginx runs these settings', ({ running, mounted }) => running?.settings === mounted)
  await pod.serve(endpoints(3))
  const socket = await silentConnection()
  await pod.serve(endpoints(2))
  const session = speak(socket)
  const codes: number[] = []
  session.on('goaway', (code: number) => codes.push(code))
  const statuses = new Set<number>()
  await until(
    'the client is sent away',
    async () => {
      statuses.add(await statusOver(session))
      return codes.length > 0 ? true : undefined
    },
    { seconds: 20, everyMilliseconds: 50 },
  )
  expect([[...statuses], codes]).toEqual([[200], [constants.NGHTTP2_NO_ERROR]])
  session.destroy()
  await pod.mountSettings((conf) => conf)
  await pod.untilState('nginx runs its own settings', ({ running, mounted }) => running?.settings === mounted)
})

test('nginx that was killed comes back with what it ran, though nobody tells it anything, and then goes on to what is new', { timeout: 300_000 }, async () => {
  const before = await pod.serve(endpoints(2))
  await pod.containers.kill('agent')
  await pod.containers.kill('nginx')
  await pod.containers.startAgain('nginx')
  await until('the edge answers', async () => ((await ask(pod.site, '/api/health')).status === 200 ? true : undefined), { seconds: 60 })
  await pod.containers.startAgain('agent')
  const after = await pod.untilState('the agent sees what nginx runs', ({ running, synced }) => running !== undefined && synced)
  expect(after.running).toEqual(before.running)
  await pod.containers.kill('nginx')
  pod.slices.set(endpoints(3))
  await pod.containers.startAgain('nginx')
  await pod.untilState('nginx knows the pod that came while it was away', ({ running }) => running?.servers === 3)
  expect((await ask(pod.site, '/api/health')).status).toBe(200)
})
