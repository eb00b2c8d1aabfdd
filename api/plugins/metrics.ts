// Counts every request from its arrival until its answer is sent or its client is gone, and writes its line into the log.
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Deps } from '../deps.ts'
import type { Answered } from '../metrics/metrics.ts'
import { beginSpending, type Spent } from '../metrics/spent.ts'
import { ticks } from '../system.ts'
import { logAnswered } from './request-log.ts'

type Counting = Pick<Deps, 'metrics' | 'log'>

const answered = (request: FastifyRequest, status: number | undefined, { since, milliseconds, statements }: Spent): Answered => ({
  method: request.method,
  route: request.is404 ? undefined : request.routeOptions.url,
  operation: request.routeOptions.config.operation,
  status,
  seconds: (ticks() - since) / 1_000,
  database: { seconds: milliseconds / 1_000, statements },
})

export const countRequest = ({ metrics: count, log }: Counting, request: FastifyRequest, { raw }: FastifyReply): void => {
  const spent = beginSpending(request, ticks())
  let status: number | undefined
  count.requestStarted()
  raw.once('finish', () => {
    status = raw.statusCode
  })
  // Fastify's onResponse is not called when the client has gone away
  raw.once('close', () => {
    const facts = answered(request, status, spent)
    count.requestFinished(facts)
    logAnswered(log, request.id, facts)
  })
}

export const metrics = fp(
  async (app, deps: Counting) => {
    app.addHook('onRequest', async (request, reply) => countRequest(deps, request, reply))
  },
  { name: 'metrics' },
)
