// Every register() of the API, in order.
import Fastify, { type FastifyInstance } from 'fastify'
import { accountReports } from './accounts/reports.ts'
import { accountRoutes } from './accounts/routes.ts'
import { authRoutes } from './auth/routes.ts'
import { categoryRoutes } from './categories/routes.ts'
import { automationRoutes } from './category-automation/routes.ts'
import type { Deps } from './deps.ts'
import { documentRoutes } from './docs/routes.ts'
import { exportRoutes } from './export/routes.ts'
import { openApi } from './openapi/open-api.ts'
import { planningRoutes } from './planning/routes.ts'
import { bodies } from './plugins/bodies.ts'
import { cors } from './plugins/cors.ts'
import { errorHandler } from './plugins/error-handler.ts'
import { health } from './plugins/health.ts'
import { metrics } from './plugins/metrics.ts'
import { requestLimit } from './plugins/request-limit.ts'
import { securityHeaders } from './plugins/security-headers.ts'
import { serverOptions } from './plugins/server-options.ts'
import { serverTimings } from './plugins/server-timing.ts'
import { session } from './plugins/session.ts'
import { stopping } from './plugins/stopping.ts'
import { settingRoutes } from './settings/routes.ts'
import { setupRoutes } from './setup/routes.ts'
import { shareRoutes } from './shares/routes.ts'
import { themeRoutes } from './theme/routes.ts'
import { transactionRoutes } from './transactions/routes.ts'
import { validation } from './validation/validation.ts'
import { webPage } from './web/page.ts'
import { yearOverviewRoutes } from './year-overview/routes.ts'
import { yearRoutes } from './years/routes.ts'

export const buildApp = async (deps: Deps): Promise<FastifyInstance> => {
  const app = Fastify(serverOptions(deps))
  await app.register(metrics, deps)
  await app.register(errorHandler, deps)
  await app.register(serverTimings)
  await app.register(stopping, deps)
  await app.register(securityHeaders, deps)
  await app.register(cors, deps)
  await app.register(requestLimit, deps)
  await app.register(validation)
  await app.register(bodies, deps)
  await app.register(session, deps)
  await app.register(openApi, deps)
  await app.register(health, { ...deps, prefix: '/api/health' })
  await app.register(authRoutes, { ...deps, prefix: '/api/auth' })
  await app.register(setupRoutes, { ...deps, prefix: '/api/setup' })
  await app.register(accountRoutes, { prefix: '/api/accounts' })
  await app.register(accountReports, { ...deps, prefix: '/api/accounts' })
  await app.register(categoryRoutes, { prefix: '/api/categories' })
  await app.register(settingRoutes, { prefix: '/api/settings' })
  await app.register(transactionRoutes, { ...deps, prefix: '/api/transactions' })
  await app.register(automationRoutes, { ...deps, prefix: '/api/category-automation' })
  await app.register(documentRoutes, { ...deps, prefix: '/api/docs' })
  await app.register(exportRoutes, { ...deps, prefix: '/api/export' })
  await app.register(planningRoutes, { ...deps, prefix: '/api/planning' })
  await app.register(shareRoutes, { ...deps, prefix: '/api/shares' })
  await app.register(themeRoutes, { ...deps, prefix: '/api/theme' })
  await app.register(yearOverviewRoutes, { ...deps, prefix: '/api/year-overview' })
  await app.register(yearRoutes, { ...deps, prefix: '/api/years' })
  await app.register(webPage)
  return app
}
