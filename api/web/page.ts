import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

export const webPage: FastifyPluginAsyncTypebox = async () => {}
