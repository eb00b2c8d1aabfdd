// Counts every request from its arrival until its answer is sent or its client is gone, and writes its line into the log.
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Deps } from '../deps.ts'
import type { Answered } from '../metrics/metrics.ts'
import { beginSpending, type Spent } from '../metrics/spent.ts'
import { ticks } from '../system.ts'
import { logAnswered } from './request-log.ts'

const answered = (request: FastifyRequest, status: number | undefined, { since, milliseconds, statements }: Spent): Answered => ({
  method: request.method,
  route: request.is404 ? undefined : request.routeOptions.url,
  operation: request.routeOptions.config.operation,
  status,
  seconds: (ticks() - since) / 1_000,
  database: { seconds: milliseconds / 1_000, statements },
})

export const metrics = fp(
  async (app, { metrics: count, log }: Pick<Deps, 'metrics' | 'log'>) => {
    app.addHook('onRequest', async (request, reply) => {
      const spent = beginSpending(request, ticks())
      count.requestStarted()
      let status: number | undefined
      reply.raw.once('finish', () => {
        status = reply.raw.statusCode
      })
      // Fastify's onResponse is not called when the client has gone away
      reply.raw.once('close', () => {
        const facts = answered(request, status, spent)
        count.requestFinished(facts)
        logAnswered(log, request.id, facts)
      })
    })
  },
  { name: 'metrics' },
)
