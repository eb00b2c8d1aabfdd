// The edge-agent's composition root: follows the pods of the API and what is mounted, and answers what nginx runs. It goes on when the operator is away.
import { getServers } from 'node:dns'
import { rootCertificates } from 'node:tls'
import { pino } from 'pino'
import type { Log } from '../deps.ts'
import { digest } from '../digest.ts'
import { inCluster } from '../kube/kubeconfig.ts'
import { listWatch } from '../kube/list-watch.ts'
import { Transport } from '../kube/transport.ts'
import { labels, ports } from '../names.ts'
import { pki } from '../pki/x509.ts'
import { edgePaths } from '../resources/edge-paths.ts'
import { kinds } from '../resources/kinds.ts'
import { sentence } from '../runtime/failure.ts'
import { Probes } from '../runtime/probes.ts'
import { Reflector } from '../runtime/reflector.ts'
import { ObjectStore } from '../runtime/store.ts'
import { systemClock } from '../runtime/system-clock.ts'
import { systemRandom } from '../runtime/system-random.ts'
import { Agent } from './agent.ts'
import { exchangeIn } from './exchange.ts'
import { edgeMetrics } from './metrics.ts'
import { readMounted } from './mounted.ts'
import { standInBy } from './stand-in.ts'
import { issuersAmong } from './stapling.ts'
import { type EndpointSlice, serversOf } from './upstreams.ts'

const { env } = process
const log: Log = pino({ name: 'edge-agent', base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ sync: true }))

/** The kubelet swaps mounted files without a word, so they are looked at regularly. */
const lookMilliseconds = 1_000
/** Pods of a rollout come and go together: one reload for all that happens within this time. */
const gatherMilliseconds = 200

const required = (name: string): string => {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set: the operator sets it on the edge's pods`)
  return value
}

function untilStopped(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))
  return stopping.signal
}

async function followed(namespace: string, service: string, changed: () => void) {
  const connection = await inCluster({ host: required('KUBERNETES_SERVICE_HOST'), port: required('KUBERNETES_SERVICE_PORT') }, systemClock)
  const transport = new Transport({ connection, clock: systemClock, random: systemRandom, log, userAgent: 'finia-edge-agent' })
  const deps = { lists: listWatch(transport), clock: systemClock, random: systemRandom, log }
  const reflect = (selector: Readonly<Record<string, string>>) => {
    const store = new ObjectStore()
    return { store, reflector: new Reflector(deps, { resource: kinds.endpointSlice, scope: { namespace, labels: selector }, store, changed }) }
  }
  return { api: reflect({ [labels.service]: service }), solvers: reflect({ [labels.solver]: 'true' }) }
}

async function main(signal: AbortSignal): Promise<void> {
  let wake = () => {}
  const namespace = required('FINIA_NAMESPACE')
  const { api, solvers } = await followed(namespace, required('FINIA_API_SERVICE'), () => wake())
  // The store holds JSON of the kind that was asked for.
  const slicesOf = ({ store }: typeof api) => [...store.list(namespace)] as readonly EndpointSlice[]
  let known = false
  const agent = new Agent({
    exchange: exchangeIn(edgePaths.exchange),
    mounted: () => readMounted(edgePaths),
    // once known, the pods stay those that were seen last, whatever happens to the API server
    servers: () => {
      known ||= api.reflector.synced && solvers.reflector.synced
      return known ? { api: serversOf(slicesOf(api), 'http'), solvers: serversOf(slicesOf(solvers)) } : undefined
    },
    resolvers: getServers(),
    issuers: issuersAmong(rootCertificates),
    standIn: standInBy(pki(systemRandom), systemClock),
    now: () => systemClock.now(),
    digest,
    log,
  })
  const page = () => fetch(`http://127.0.0.1:${ports.edgeProbe}/stub_status`, { signal: AbortSignal.timeout(2_000) }).then((answer) => answer.text())
  const probes = new Probes({
    port: ports.edgeAgent,
    missing: () => (agent.state.running ? [] : ['nginx has accepted no configuration yet']),
    metrics: edgeMetrics({ state: () => agent.state, page }),
    status: () => agent.state,
  })
  await probes.start()
  void api.reflector.run(signal)
  void solvers.reflector.run(signal)
  await lookUntil(agent, signal, (next) => {
    wake = next
  })
  await probes.stop()
}

async function lookUntil(agent: Agent, signal: AbortSignal, onWake: (wake: () => void) => void): Promise<void> {
  let told = ''
  while (!signal.aborted) {
    try {
      await agent.look()
      told = ''
    } catch (error) {
      const what = sentence(error)
      if (what !== told) log.error({ error: what }, 'a look failed and is repeated')
      told = what
    }
    const woken = new AbortController()
    onWake(() => woken.abort())
    await systemClock.sleep(lookMilliseconds, AbortSignal.any([signal, woken.signal])).catch(() => {})
    if (woken.signal.aborted) await systemClock.sleep(gatherMilliseconds, signal).catch(() => {})
  }
}

main(untilStopped()).then(
  () => process.exit(0),
  (error: unknown) => {
    log.error({ error: sentence(error) }, 'the edge-agent ends')
    process.exit(1)
  },
)
