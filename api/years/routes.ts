import type { FastifyPluginAsync } from 'fastify'

export const yearRoutes: FastifyPluginAsync = async () => {}
