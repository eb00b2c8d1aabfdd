import type { FastifyPluginAsync } from 'fastify'

export const planningRoutes: FastifyPluginAsync = async () => {}
