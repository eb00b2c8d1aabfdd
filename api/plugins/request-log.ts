// One line for each answer: the route's pattern, never the address, whose query can hold booking texts.
import fp from 'fastify-plugin'
import type { Deps } from '../deps.ts'

export const requestLog = fp(
  async (app, { log }: Pick<Deps, 'log'>) => {
    app.addHook('onResponse', async (request, reply) => {
      if (request.routeOptions.url === '/api/health') return
      const route = request.is404 ? 'unknown' : request.routeOptions.url
      log.info(
        { requestId: request.id, method: request.method, route, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) },
        'request answered',
      )
    })
  },
  { name: 'request-log' },
)
