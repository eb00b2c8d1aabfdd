import type { FastifyPluginAsync } from 'fastify'

export const automationRoutes: FastifyPluginAsync = async () => {}
