// The API's process: reads its settings, wires the adapters, listens, and ends without failing a request.
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { buildApp } from './app.ts'
import { auditOn } from './auth/audit.ts'
import type { KeyRing } from './auth/key-ring.ts'
import { pseudonymsFrom } from './auth/pseudonyms.ts'
import { tokensOf } from './auth/tokens.ts'
import type { Settings } from './config.ts'
import type { Server } from './db/connection.ts'
import { type MysqlDatabases, mysqlDatabases, shareOf } from './db/mysql.ts'
import { PauseGate } from './db/pause-gate.ts'
import type { Bounds } from './db/pools.ts'
import { type OpenReplicas, openReplicas, readsFromReplicas } from './db/replicas/open.ts'
import type { Deps, Log } from './deps.ts'
import { readStart, type Start } from './environment.ts'
import { joinReplicas } from './limits/join.ts'
import type { Peers } from './limits/replicas.ts'
import { countProcess } from './metrics/process.ts'
import { prometheusMetrics } from './metrics/prometheus.ts'
import { memoryStore } from './operations/memory.ts'
import { mysqlStore } from './operations/mysql.ts'
import { operationsOn } from './operations/operations.ts'
import type { OperationsStore } from './operations/store.ts'
import { facts } from './plugins/error-handler.ts'
import { buildManagement } from './plugins/management.ts'
import { sweepEveryMinute } from './sweep.ts'
import { systemClock, systemRandom, systemStopwatch } from './system.ts'

const minute = 60_000
/** How long clients are told to leave before connections are closed. */
const farewell = 1_000

const boundsFor = (auth: Settings['auth'], total: number): Bounds => ({
  total,
  perUser: auth.poolSize,
  idleMilliseconds: auth.poolIdleSeconds * 1_000,
  lifeMilliseconds: 10 * minute,
  waitMilliseconds: 2 * minute,
})

const poolsFor = (server: Server, { auth }: Settings, total: number, gate: PauseGate): MysqlDatabases =>
  mysqlDatabases(server, boundsFor(auth, total), systemClock, gate)

const keyRingOf = ({ keyRing }: Settings, log: Log): KeyRing => {
  if (keyRing) return keyRing
  log.warn({}, 'no FINIA_SESSION_KEYS: a key is made for this process, and sessions end with it')
  return [{ kid: 'process', key: systemRandom.bytes(32) }]
}

const peersOf = ({ api, auth, deployment, service }: Settings, store: OperationsStore, pools: MysqlDatabases, log: Log): Peers => {
  const id = Buffer.from(systemRandom.bytes(16)).toString('base64url')
  const me = { id, deployment, maxReplicas: api.maxReplicas, poolTotal: auth.poolTotal }
  return joinReplicas(me, { store, pools, clock: systemClock, stopwatch: systemStopwatch, log }, service !== undefined)
}

/** The others take over the connections of users once all of them are closed. */
const closing =
  ({ operations }: Pick<Deps, 'operations'>, databases: MysqlDatabases, own: MysqlDatabases, replicas: OpenReplicas | undefined) =>
  async (): Promise<void> => {
    await replicas?.close()
    await databases.close()
    await Promise.race([operations.leave(), systemClock.sleep(farewell)])
    await own.close()
  }

const wire = ({ settings, databaseCa, release }: Start, log: Log, stopping: AbortSignal): { deps: Deps; pause: PauseGate; close: () => Promise<void> } => {
  const { tls, ...database } = settings.database
  const server: Server = { ...database, tls: tls.mode, ca: databaseCa }
  const share = shareOf(settings.auth.poolTotal, settings.api.maxReplicas)
  const { service } = settings
  if (!service) log.warn({}, 'no FINIA_SERVICE_USER: sessions and failed logins are known to this process only')
  const pause = new PauseGate(systemClock, (seconds) => metrics.pausedSeconds(seconds))
  const ring = keyRingOf(settings, log)
  const databases = poolsFor({ ...server, tellsPosition: readsFromReplicas(settings) }, settings, service ? share.users : share.users + share.service, pause)
  const replicas = readsFromReplicas(settings)
    ? openReplicas(settings, { server, databases }, boundsFor(settings.auth, share.users), { ring, clock: systemClock, gate: pause })
    : undefined
  const own = mysqlDatabases(
    { ...server, maxExecutionTime: 10_000 },
    { total: share.service, perUser: share.service, idleMilliseconds: minute, lifeMilliseconds: 10 * minute, waitMilliseconds: 10_000 },
    systemClock,
    pause,
  )
  const store = service ? mysqlStore(own.open({ username: service.user, password: service.password, database: settings.database.operations })) : memoryStore()
  const operations = operationsOn(store, systemClock, log, settings.auth, peersOf(settings, store, databases, log))
  const registry = new Registry()
  countProcess(registry)
  const pools = () => ({ users: databases.size, service: own.size })
  const metrics = prometheusMetrics({ release, pools, sessions: () => operations.sessions.known }, registry)
  const deps = {
    settings,
    databases,
    ...(replicas && { replicaReads: replicas.reads }),
    operations,
    tokens: tokensOf(ring),
    audit: auditOn(log, pseudonymsFrom(ring)),
    clock: systemClock,
    random: systemRandom,
    log,
    metrics,
    release,
    stopping,
  }
  return { deps, pause, close: closing(deps, databases, own, replicas) }
}

const listen = async (server: FastifyInstance, host: string, port: number): Promise<void> => {
  try {
    await server.listen({ host, port })
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException
    process.stderr.write(`The API cannot listen on ${host}:${port} (${code}); free the port, or name another by API_PORT or api.management_port.\n`)
    process.exit(1)
  }
}

const serve = async (start: Start): Promise<void> => {
  const log = pino({ level: start.settings.api.logLevel })
  const stopping = new AbortController()
  // Node would print the text of the error, which can quote a booking
  process.on('uncaughtException', (error) => {
    log.error({ error: facts(error) }, 'the process ends because of a mistake of ours')
    process.exit(1)
  })
  const { deps, pause, close } = wire(start, log, stopping.signal)
  const [app, management] = [await buildApp(deps), buildManagement({ ...deps, pause })]
  const { host, port, managementPort } = start.settings.api
  await listen(app, host, port)
  await listen(management, host, managementPort)
  log.info({ host, port, managementPort, release: start.release }, 'the API listens')
  void deps.operations.start(stopping.signal)
  const sweep = sweepEveryMinute(deps)
  const stop = async () => {
    if (stopping.signal.aborted) return
    stopping.abort()
    await sweep.destroy()
    log.info({}, 'stopping: not ready any more, requests under way are finished')
    await systemClock.sleep(farewell)
    await app.close()
    await management.close()
    await close()
    log.info({}, 'stopped')
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
}

const start = readStart(process.env)
if ('problems' in start) {
  process.stderr.write(`The API cannot start:\n${start.problems.map((problem) => `- ${problem}\n`).join('')}`)
  process.exitCode = 2
} else {
  await serve(start)
}
