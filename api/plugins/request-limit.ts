// How many requests a minute one client may send: asked before anything is looked up, so that being refused costs nothing.
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { addressReader } from '../auth/client.ts'
import { tokenInCookies } from '../auth/cookie.ts'
import type { Deps } from '../deps.ts'
import { TooManyRequests } from '../errors.ts'
import { networkOf } from '../limits/address.ts'
import { RequestWindows } from '../limits/request-windows.ts'
import type { Refusal } from '../metrics/metrics.ts'

type LimitDeps = Pick<Deps, 'settings' | 'operations' | 'tokens' | 'clock' | 'metrics'>

const login = '/api/auth/login'
/** Whoever asks whether we are well is told. */
const unlimited = ['/api/health', '/api/health/']

/** The session that a token opens; what is no token opens nothing, and is refused elsewhere. */
const sessionOf = async ({ tokens, clock }: LimitDeps, { headers }: FastifyRequest): Promise<string | undefined> => {
  const token = headers.authorization?.replace(/^Bearer /, '') || tokenInCookies(headers.cookie)
  const claims = token ? await tokens.open(token, clock.now()) : 'invalid'
  return typeof claims === 'string' ? undefined : claims.sessionId
}

const accountOf = ({ body }: FastifyRequest): string | undefined => {
  const username: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'username') : undefined
  return typeof username === 'string' ? username.trim().slice(0, 128) : undefined
}

export const requestLimit = fp(
  async (app, deps: LimitDeps) => {
    const { requestsPerMinute, clientKnown } = deps.settings.api
    if (requestsPerMinute === 0) return
    const windows = new RequestWindows()
    const addressOf = addressReader(deps.settings)
    const count = (by: Refusal, name: string) => {
      const wait = windows.admit(`${by} ${name}`, requestsPerMinute, deps.operations.peers.own, deps.clock.now().getTime())
      if (wait === 0) return
      deps.metrics.requestRefused(by)
      const seconds = Math.ceil(wait / 1000)
      throw new TooManyRequests(`Too many requests: ${requestsPerMinute} a minute are allowed. Please wait ${seconds} seconds and try again.`, seconds)
    }
    app.addHook('onRequest', async (request) => {
      if (unlimited.includes(request.routeOptions.url ?? '')) return
      if (clientKnown) return count('address', networkOf(addressOf(request.headers, request.ip)))
      const session = await sessionOf(deps, request)
      if (session) count('session', session)
    })
    // where everybody seems to come from one place, who is not signed in yet is counted by the account that is asked for
    if (clientKnown) return
    app.addHook('preHandler', async (request) => {
      const account = request.routeOptions.url === login ? accountOf(request) : undefined
      if (account !== undefined) count('account', account)
    })
  },
  { name: 'request-limit' },
)
