// One line for each answer: the route's pattern, never the address, whose query can hold booking texts.
import type { Log } from '../deps.ts'
import type { Answered } from '../metrics/metrics.ts'

const tenths = (seconds: number): number => Math.round(seconds * 10_000) / 10

export const logAnswered = (log: Log, requestId: string, { method, route, status, seconds, database }: Answered): void => {
  if (route === '/api/health') return
  const facts = { requestId, method, route: route ?? 'unknown', milliseconds: tenths(seconds) }
  const spent = { databaseMilliseconds: tenths(database.seconds), statements: database.statements }
  if (status === undefined) log.info({ ...facts, ...spent }, 'request given up by its client')
  else log.info({ ...facts, status, ...spent }, 'request answered')
}
