import { METHODS } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Answered, importKinds, loginResults, refusals } from '../../../api/metrics/metrics.ts'
import { prometheusMetrics, statusClass } from '../../../api/metrics/prometheus.ts'
import { samplesOf, seriesOf } from './exposition.ts'

const pools = () => ({ users: { total: 5, idle: 2, waiting: 1 }, service: { total: 1, idle: 1, waiting: 0 } })
const someMetrics = () => prometheusMetrics({ release: '1.2.3', pools, sessions: () => 7 })

const answer: Answered = {
  method: 'GET',
  route: '/api/accounts/:id',
  operation: 'fetch account',
  status: 200,
  seconds: 0.02,
  database: { seconds: 0.004, statements: 3 },
}

test('what was counted is read back, in seconds and by route', async () => {
  const metrics = someMetrics()
  metrics.requestStarted()
  metrics.requestStarted()
  metrics.requestFinished(answer)
  metrics.importFinished('statement', 5_000, 1.5)
  metrics.pausedSeconds(0.25)
  const { text, type } = await metrics.exposition()
  const { total, seconds } = { total: 'finia_api_requests_total', seconds: 'finia_api_request_duration_seconds' }
  const labels = 'method="GET",route="/api/accounts/:id",status="2xx"'
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(samplesOf(text)).toMatchObject({
    [`${total}{${labels}}`]: 1,
    [`${seconds}_sum{${labels}}`]: 0.02,
    [`${seconds}_bucket{le="0.01",${labels}}`]: 0,
    [`${seconds}_bucket{le="0.025",${labels}}`]: 1,
    finia_api_requests_in_flight: 1,
    'finia_api_database_seconds_sum{operation="fetch account"}': 0.004,
    'finia_api_database_statements_sum{operation="fetch account"}': 3,
    'finia_api_import_duration_seconds_sum{kind="statement"}': 1.5,
    'finia_api_import_rows_total{kind="statement"}': 5_000,
    finia_api_paused_seconds_total: 0.25,
    'finia_api_build_info{release="1.2.3"}': 1,
    finia_api_sessions_known: 7,
    'finia_api_database_connections{pool="users",state="busy"}': 3,
    'finia_api_database_connections{pool="users",state="idle"}': 2,
    'finia_api_database_connection_waiters{pool="users"}': 1,
  })
})

test('events that have not happened yet are 0, so that their first one is an increase', async () => {
  const samples = samplesOf((await someMetrics().exposition()).text)
  for (const result of loginResults) expect(samples[`finia_api_logins_total{result="${result}"}`]).toBe(0)
  for (const by of refusals) expect(samples[`finia_api_requests_refused_total{by="${by}"}`]).toBe(0)
  for (const kind of importKinds) expect(samples[`finia_api_import_rows_total{kind="${kind}"}`]).toBe(0)
})

test('a status has a class, whatever the number is', () => {
  expect([200, 204, 302, 404, 503, 99, 700, undefined].map(statusClass)).toEqual(['2xx', '2xx', '3xx', '4xx', '5xx', 'other', 'other', 'aborted'])
})

test('no method and no status makes more series of a route than its classes and methods', async () => {
  const metrics = someMetrics()
  const method = fc.oneof(fc.constantFrom(...METHODS), fc.string())
  const before = seriesOf((await metrics.exposition()).text, 'finia_api_requests_total').length
  fc.assert(
    fc.property(method, fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }), (name, status) => {
      metrics.requestFinished({ ...answer, route: undefined, method: name, status })
    }),
    { numRuns: 5_000 },
  )
  const after = seriesOf((await metrics.exposition()).text, 'finia_api_requests_total').length
  expect(after - before).toBeLessThanOrEqual(8 * 7)
})

test('counting costs a request far less than 20 microseconds', () => {
  const metrics = someMetrics()
  const batch = (count: number) => {
    const start = performance.now()
    for (let index = 0; index < count; index++) {
      metrics.requestStarted()
      metrics.requestFinished({ ...answer, route: `/api/route${index % 106}` })
    }
    return ((performance.now() - start) * 1_000) / count
  }
  // the fastest of many: the machine may be busy with something else
  expect(Math.min(...Array.from({ length: 30 }, () => batch(1_000)))).toBeLessThan(20)
})
