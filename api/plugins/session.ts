// Who is signed in: decided before anything of the request is looked at, from its token and the session's row.
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isSameOrigin } from '../auth/client.ts'
import { tokenInCookies } from '../auth/cookie.ts'
import type { Db } from '../db/db.ts'
import type { RequestReads, SessionLogin } from '../db/replicas/replica-reads.ts'
import type { Deps } from '../deps.ts'
import { Forbidden, Unauthorized } from '../errors.ts'
import { spentBy } from '../metrics/spent.ts'
import { timedDb } from '../metrics/timed-db.ts'
import type { Visitor } from '../request.ts'
import { ticks } from '../system.ts'

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/** The token of the header, as FiniA reads it, else the cookie's. */
const tokenOf = ({ headers, method }: FastifyRequest): string | undefined => {
  const { authorization } = headers
  if (authorization) return authorization.replace(/^Bearer /, '')
  const token = tokenInCookies(headers.cookie)
  if (token && !safeMethods.includes(method) && !isSameOrigin(headers)) {
    throw new Forbidden('Another site sent this request in your name; open FiniA itself, or send the token in the Authorization header.')
  }
  return token
}

const sentences = {
  none: ['Authentication required.', 'Authentication required. Please sign in.'],
  invalid: ['Invalid token.', 'Invalid token.'],
  expired: ['Token expired.', 'Token expired. Please sign in again.'],
  gone: ['Session not found.', 'Session not found. Please sign in again.'],
  idle: ['Session expired. Please sign in again.', 'Session expired. Please sign in again.'],
} as const

const refuse = (reason: keyof typeof sentences, terse: boolean) =>
  new Unauthorized(sentences[reason][terse ? 0 : 1], reason === 'none' ? { 'www-authenticate': 'Bearer' } : {})

type Signed = { readonly visitor: Visitor; readonly db: Db; readonly positionCookie: () => string | undefined }
type Deciding = Pick<Deps, 'tokens' | 'operations' | 'databases' | 'replicaReads' | 'clock'>

const nothing = () => undefined

const readsOf = ({ databases, replicaReads }: Deciding, login: SessionLogin, { method, headers }: FastifyRequest): RequestReads =>
  replicaReads?.forRequest(login, safeMethods.includes(method), headers.cookie) ?? { db: databases.open(login), cookie: nothing }

const signIn = async (deps: Deciding, request: FastifyRequest): Promise<Signed> => {
  const { tokens, operations, clock } = deps
  const terse = request.routeOptions.config.terse === true
  const token = tokenOf(request)
  if (!token) throw refuse('none', terse)
  const claims = await tokens.open(token, clock.now())
  if (typeof claims === 'string') throw refuse(claims, terse)
  const state = await operations.sessions.visit(claims.sessionId)
  if (state !== 'alive') throw refuse(state, terse)
  const { sessionId, username, database } = claims
  const { db, cookie: positionCookie } = readsOf(deps, claims, request)
  return { visitor: { sessionId, username, database }, db: timedDb(db, spentBy(request), ticks), positionCookie }
}

export const session = fp(
  async (app, deps: Deciding) => {
    const signed = new WeakMap<FastifyRequest, Signed>()
    const ofRequest = (request: FastifyRequest): Signed => {
      const found = signed.get(request)
      if (!found) throw new Error('a public route asked who is signed in')
      return found
    }
    app.decorateRequest('db', {
      getter() {
        return ofRequest(this).db
      },
    })
    app.decorateRequest('visitor', {
      getter() {
        return ofRequest(this).visitor
      },
    })
    app.addHook('onRequest', async (request) => {
      if (!request.is404 && request.routeOptions.config.public !== true) signed.set(request, await signIn(deps, request))
    })
    if (!deps.replicaReads) return
    const { expired } = deps.replicaReads
    app.addHook('onRequest', async ({ routeOptions }, reply) => {
      if (routeOptions.config.writesOn) reply.header('set-cookie', expired)
    })
    app.addHook('onSend', async (request, reply) => {
      const cookie = signed.get(request)?.positionCookie()
      if (cookie) reply.header('set-cookie', cookie)
    })
  },
  { name: 'session' },
)
