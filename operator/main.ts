// The operator's composition root: reads the environment, builds the adapters, runs until told to stop.
import { delimiter } from 'node:path'
import { pino } from 'pino'
import { apiProbe } from './api-probe/probe.ts'
import { readProcessSettings, readSettings } from './config.ts'
import type { Log } from './deps.ts'
import { edgeProbe } from './edge-probe/probe.ts'
import type { Connection } from './kube/connection.ts'
import { fromKubeconfig, inCluster } from './kube/kubeconfig.ts'
import { mysql } from './mysql/client.ts'
import { createOperator } from './operator.ts'
import { pki } from './pki/x509.ts'
import { sentence } from './runtime/failure.ts'
import { systemClock } from './runtime/system-clock.ts'
import { systemRandom } from './runtime/system-random.ts'

const { env } = process
const { logLevel, probePort, wrong } = readProcessSettings(env)

/** Lines are written before the call returns, so that none is lost at the end. */
const log: Log = pino({ name: 'finia-operator', base: null, level: logLevel, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ sync: true }))

const connect = (): Promise<Connection> => {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (host && port) return inCluster({ host, port }, systemClock)
  return fromKubeconfig((env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== ''))
}

/** The first signal stops in order, the second at once. */
function untilStopped(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1)
      log.info({ signal }, 'stopping')
      stopping.abort(new Error(`stopped by ${signal}`))
    })
  }
  return stopping.signal
}

async function main(): Promise<number> {
  const read = readSettings(env)
  for (const problem of [...wrong, ...('wrong' in read ? read.wrong : [])]) log.error({}, problem)
  if ('wrong' in read || wrong.length > 0) return 2
  const identity = `${env['POD_NAME'] ?? 'operator'}_${Buffer.from(systemRandom.bytes(4)).toString('hex')}`
  const { settings } = read
  const operator = createOperator({
    connection: await connect(),
    settings,
    clock: systemClock,
    random: systemRandom,
    log,
    mysql,
    pki: pki(systemRandom),
    edgeProbe,
    apiProbe,
    identity,
    probes: { port: probePort },
  })
  log.info({ release: settings.release, identity, namespaces: settings.namespaces }, 'starting')
  await operator.run(untilStopped())
  return 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    log.error({ error: sentence(error) }, 'the operator ends')
    process.exit(1)
  },
)
