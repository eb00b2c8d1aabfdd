import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.ts'

const Health = Type.Object({ status: Type.String(), service: Type.String(), version: Type.String() })

/** As the original documents it: says that the process answers, not that the database does (that is /readyz). */
export const health: FastifyPluginAsyncTypebox<Pick<Deps, 'release'>> = async (app, { release }) => {
  app.get('/', { schema: { summary: 'Whether the process answers', response: { 200: Health } }, config: { public: true } }, async () => ({
    status: 'healthy',
    service: 'FiniA API',
    version: release,
  }))
}
