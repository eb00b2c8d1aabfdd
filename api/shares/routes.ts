import type { FastifyPluginAsync } from 'fastify'

export const shareRoutes: FastifyPluginAsync = async () => {}
