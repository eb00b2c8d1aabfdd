// Where Prometheus reads the metrics. On the second port only: they tell who uses what.
import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'

export const metricsRoute: FastifyPluginAsync<Pick<Deps, 'metrics'>> = async (app, { metrics }) => {
  app.get('/metrics', async (_request, reply) => {
    const { type, text } = await metrics.exposition()
    return reply.type(type).send(text)
  })
}
