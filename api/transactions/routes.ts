import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

export const transactionRoutes: FastifyPluginAsyncTypebox = async () => {}
