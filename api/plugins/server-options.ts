// How the HTTP server behaves below the routes.
import type { FastifyServerOptions } from 'fastify'
import type { Deps } from '../deps.ts'
import { replyWith } from './error-handler.ts'
import { headersOf } from './security-headers.ts'

/** A request id of the edge is kept so that its log and ours meet; it is printed, so it must be harmless. */
const harmless = /^[\w-]{8,64}$/

export const serverOptions = (deps: Pick<Deps, 'settings' | 'random' | 'log'>): FastifyServerOptions => ({
  bodyLimit: deps.settings.api.bodyLimit || Number.MAX_SAFE_INTEGER,
  // longer than the edge keeps its own connections to us (60 s), so that it never sends into one that we are closing
  keepAliveTimeout: 72_000,
  return503OnClosing: false,
  forceCloseConnections: 'idle',
  exposeHeadRoutes: false,
  routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  logger: false,
  genReqId: ({ headers }) => {
    const given = headers['x-request-id']
    return typeof given === 'string' && harmless.test(given) ? given : Buffer.from(deps.random.bytes(12)).toString('base64url')
  },
  frameworkErrors: (error, request, reply) => {
    reply.headers(headersOf(deps.settings.api))
    void replyWith(deps)(error, request, reply)
  },
})
