// The second port, for the cluster only: is the process alive, should it get requests, what is it.
import Fastify, { type FastifyInstance } from 'fastify'
import { schemaRange } from '../db/migrations/all.ts'
import type { Deps } from '../deps.ts'
import { metricsRoute } from '../metrics/route.ts'
import { timeouts } from './server-options.ts'

export const buildManagement = ({ operations, metrics, release, stopping }: Pick<Deps, 'operations' | 'metrics' | 'release' | 'stopping'>): FastifyInstance => {
  const app = Fastify({ ...timeouts, bodyLimit: 1_024, logger: false, return503OnClosing: false, forceCloseConnections: 'idle' })
  app.get('/livez', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    if (stopping.aborted) return reply.code(503).send({ status: 'stopping' })
    const ready = await operations.isReady()
    return ready ? { status: 'ok' } : reply.code(503).send({ status: 'the operations database does not answer' })
  })
  app.get('/version', async () => ({ release, schema: schemaRange }))
  void app.register(metricsRoute, { metrics })
  return app
}
