// The second port, for the cluster only: is the process alive, should it get requests, what is it.
import Fastify, { type FastifyInstance } from 'fastify'
import type { Settings } from '../config.ts'
import { schemaRange } from '../db/migrations/all.ts'
import type { Pause } from '../db/pause-gate.ts'
import type { Deps } from '../deps.ts'
import { metricsRoute } from '../metrics/route.ts'
import { pauseRoutes } from './pause.ts'
import { timeouts } from './server-options.ts'

type ManagementDeps = Pick<Deps, 'operations' | 'metrics' | 'release' | 'stopping'> & {
  readonly pause?: Pause
  readonly settings: Pick<Settings, 'operatorKey' | 'keyRing'>
}

export const buildManagement = ({ operations, metrics, pause, settings, release, stopping }: ManagementDeps): FastifyInstance => {
  const app = Fastify({ ...timeouts, bodyLimit: 1_024, logger: false, return503OnClosing: false, forceCloseConnections: 'idle' })
  app.get('/livez', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    if (stopping.aborted) return reply.code(503).send({ status: 'stopping' })
    const ready = await operations.isReady()
    return ready ? { status: 'ok' } : reply.code(503).send({ status: 'the operations database does not answer' })
  })
  // Names only, which every token shows: the operator must know which keys a pod has before another one seals with them.
  const sessionKeys = settings.keyRing?.map(({ kid }) => kid)
  app.get('/version', async () => ({ release, schema: schemaRange, ...(sessionKeys && { sessionKeys }) }))
  void app.register(metricsRoute, { metrics })
  if (pause && settings.operatorKey) void app.register(pauseRoutes, { pause, operatorKey: settings.operatorKey })
  return app
}
