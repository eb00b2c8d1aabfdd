// How the HTTP server behaves below the routes.
import type { Server } from 'node:http'
import type { FastifyHttpOptions } from 'fastify'
import type { Deps } from '../deps.ts'
import { textLimit } from './bodies.ts'
import { replyWith } from './error-handler.ts'
import { countRequest } from './metrics.ts'
import { headersOf } from './security-headers.ts'
import { tellTimes } from './server-timing.ts'

export const timeouts = {
  // a request has to arrive within this time, or one that sends a byte a minute keeps its connection for ever
  requestTimeout: 120_000,
  http: { headersTimeout: 20_000 },
  // neither side has said anything for longer than any work takes
  connectionTimeout: 600_000,
} as const

/** A request id of the edge is kept so that its log and ours meet; it is printed, so it must be harmless. */
const harmless = /^[\w-]{8,64}$/

export const serverOptions = (deps: Pick<Deps, 'settings' | 'random' | 'log' | 'metrics'>): FastifyHttpOptions<Server> => ({
  bodyLimit: textLimit(deps.settings.api.bodyLimit),
  ...timeouts,
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
  // no hook is called for an address that cannot be read
  frameworkErrors: (error, request, reply) => {
    countRequest(deps, request, reply)
    tellTimes(request, reply)
    reply.headers(headersOf(deps.settings.api))
    void replyWith(deps)(error, request, reply)
  },
})
