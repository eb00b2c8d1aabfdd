import type { FastifyPluginAsync } from 'fastify'

export const yearOverviewRoutes: FastifyPluginAsync = async () => {}
