// Tells the client where the time went (W3C Server Timing), up to the moment when the answer begins.
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Spent, spentBy } from '../metrics/spent.ts'
import { ticks } from '../system.ts'

const duration = (milliseconds: number): string => String(Math.round(milliseconds * 10) / 10)

export const serverTiming = ({ since, milliseconds, statements }: Spent, now: number): string =>
  `app;dur=${duration(now - since)}, db;dur=${duration(milliseconds)};desc="${statements} ${statements === 1 ? 'statement' : 'statements'}"`

export const tellTimes = (request: FastifyRequest, reply: FastifyReply): void => {
  reply.header('server-timing', serverTiming(spentBy(request), ticks()))
}

export const serverTimings = fp(
  async (app) => {
    app.addHook('onSend', async (request, reply) => tellTimes(request, reply))
  },
  { name: 'server-timing' },
)
