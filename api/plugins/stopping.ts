// While the process is about to end, clients are asked to come back on another connection, so that closing this one fails nobody.
import fp from 'fastify-plugin'
import type { Deps } from '../deps.ts'

export const stopping = fp(
  async (app, { stopping: signal }: Pick<Deps, 'stopping'>) => {
    app.addHook('onRequest', async (_request, reply) => {
      if (signal.aborted) reply.header('connection', 'close')
    })
  },
  { name: 'stopping' },
)
