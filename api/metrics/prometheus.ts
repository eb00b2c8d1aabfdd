// The metrics as Prometheus reads them. Its own registry: nothing else of the process can add to it.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type Answered, importKinds, loginResults, type Metrics, refusals } from './metrics.ts'

export interface PoolSize {
  readonly total: number
  readonly idle: number
  readonly waiting: number
}

/** What is asked for when somebody reads the metrics. */
export interface Readings {
  readonly release: string
  /** Of the users' connections and of the service account's. */
  readonly pools: () => Readonly<Record<'users' | 'service', PoolSize>>
  /** Sessions that this process has seen lately. */
  readonly sessions: () => number
}

const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const databaseBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const statementBuckets = [0, 1, 2, 3, 5, 10, 25, 100, 1000]
const importBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** Anybody can send any method that Node knows; these are the ones that routes have. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const
export const statusClass = (status: number | undefined): string => (status === undefined ? 'aborted' : (classes[Math.floor(status / 100) - 1] ?? 'other'))

const requestLabels = ['method', 'route', 'status'] as const

const requestMetrics = (registers: Registry[]) => ({
  total: new Counter({
    name: 'finia_api_requests_total',
    help: 'Requests answered, by method, pattern of the route, and class of the status.',
    labelNames: requestLabels,
    registers,
  }),
  seconds: new Histogram({
    name: 'finia_api_request_duration_seconds',
    help: 'Time from the arrival of a request until its answer was sent.',
    labelNames: requestLabels,
    buckets: requestBuckets,
    registers,
  }),
  inFlight: new Gauge({ name: 'finia_api_requests_in_flight', help: 'Requests that are being answered now.', registers }),
  refused: new Counter({
    name: 'finia_api_requests_refused_total',
    help: 'Requests refused because there were too many, by what they are counted by.',
    labelNames: ['by'] as const,
    registers,
  }),
})

const databaseMetrics = (registers: Registry[]) => ({
  seconds: new Histogram({
    name: 'finia_api_database_seconds',
    help: 'Time that one request spent on its statements, waiting for a connection included, by operation.',
    labelNames: ['operation'] as const,
    buckets: databaseBuckets,
    registers,
  }),
  statements: new Histogram({
    name: 'finia_api_database_statements',
    help: 'Statements of one request, by operation.',
    labelNames: ['operation'] as const,
    buckets: statementBuckets,
    registers,
  }),
  paused: new Counter({ name: 'finia_api_paused_seconds_total', help: 'Time for which the operator held requests back from the database.', registers }),
})

const eventMetrics = (registers: Registry[]) => ({
  logins: new Counter({ name: 'finia_api_logins_total', help: 'Attempts to log in, by result.', labelNames: ['result'] as const, registers }),
  importSeconds: new Histogram({
    name: 'finia_api_import_duration_seconds',
    help: 'Duration of imports, by what was imported.',
    labelNames: ['kind'] as const,
    buckets: importBuckets,
    registers,
  }),
  importRows: new Counter({
    name: 'finia_api_import_rows_total',
    help: 'Rows of imported files, by what was imported.',
    labelNames: ['kind'] as const,
    registers,
  }),
})

/** Gauges that are read when somebody asks. */
const readingMetrics = (registers: Registry[], { release, pools, sessions }: Readings): void => {
  new Gauge({ name: 'finia_api_build_info', help: 'The release, as a label; always 1.', labelNames: ['release'] as const, registers }).set({ release }, 1)
  new Gauge({
    name: 'finia_api_sessions_known',
    help: 'Sessions that this process has seen within the idle time-out.',
    registers,
    collect() {
      this.set(sessions())
    },
  })
  new Gauge({
    name: 'finia_api_database_connections',
    help: 'Connections to the database that are open, by pool; idle ones are those that wait for work.',
    labelNames: ['pool', 'state'] as const,
    registers,
    collect() {
      for (const [pool, { total, idle }] of Object.entries(pools())) {
        this.set({ pool, state: 'busy' }, total - idle)
        this.set({ pool, state: 'idle' }, idle)
      }
    },
  })
  new Gauge({
    name: 'finia_api_database_connection_waiters',
    help: 'Requests that wait for a connection to the database, by pool.',
    labelNames: ['pool'] as const,
    registers,
    collect() {
      for (const [pool, { waiting }] of Object.entries(pools())) this.set({ pool }, waiting)
    },
  })
}

/** A series that is absent until something happens makes no alert: those whose labels are known begin at 0. */
const atZero = ({ refused }: ReturnType<typeof requestMetrics>, { logins, importRows }: ReturnType<typeof eventMetrics>): void => {
  for (const by of refusals) refused.inc({ by }, 0)
  for (const result of loginResults) logins.inc({ result }, 0)
  for (const kind of importKinds) importRows.inc({ kind }, 0)
}

export const prometheusMetrics = (readings: Readings, registry = new Registry()): Metrics => {
  const request = requestMetrics([registry])
  const database = databaseMetrics([registry])
  const event = eventMetrics([registry])
  readingMetrics([registry], readings)
  atZero(request, event)
  const requestFinished = ({ method, route = 'unknown', operation, status, seconds, database: spent }: Answered) => {
    const labels = { method: methods.has(method) ? method : 'other', route, status: statusClass(status) }
    request.inFlight.dec()
    request.total.inc(labels)
    request.seconds.observe(labels, seconds)
    if (operation === undefined || spent.statements === 0) return
    database.seconds.observe({ operation }, spent.seconds)
    database.statements.observe({ operation }, spent.statements)
  }
  return {
    requestStarted: () => request.inFlight.inc(),
    requestFinished,
    loginFinished: (result) => event.logins.inc({ result }),
    requestRefused: (by) => request.refused.inc({ by }),
    importFinished: (kind, rows, seconds) => {
      event.importSeconds.observe({ kind }, seconds)
      event.importRows.inc({ kind }, rows)
    },
    pausedSeconds: (seconds) => database.paused.inc(seconds),
    exposition: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
