import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

export const settingRoutes: FastifyPluginAsyncTypebox = async () => {}
