// Login, logout and the session. The account is the database's own; nothing about users is stored here.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.ts'
import { NotFound } from '../errors.ts'
import { networkOf } from '../limits/address.ts'
import type { Visitor } from '../request.ts'
import { auditedLogin } from './audited-login.ts'
import { addressReader } from './client.ts'
import { expiredCookie, tokenCookie } from './cookie.ts'
import { passwordRoutes } from './password-routes.ts'

const Credentials = Type.Object({ username: Type.String(), password: Type.String() })
const SignedIn = Type.Object({ token: Type.String(), username: Type.String(), database: Type.String(), expires_in: Type.Integer() })
const SessionFacts = Type.Object({
  username: Type.String(),
  database: Type.String(),
  created_at: Type.String(),
  last_activity: Type.String(),
  timeout_seconds: Type.Integer(),
})

/** The original writes local time with microseconds and without a zone. */
const localTime = (date: Date): string => `${new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 23)}000`

/** Bytes. Anybody may send one. */
const longestLogin = 16_384

type AuthDeps = Pick<Deps, 'settings' | 'operations' | 'tokens' | 'databases' | 'replicaReads' | 'clock' | 'random' | 'audit' | 'metrics'>

const sessionFacts = async ({ operations, settings }: AuthDeps, { sessionId, username, database }: Visitor) => {
  const row = await operations.sessions.find(sessionId)
  if (!row) throw new NotFound('session', sessionId)
  return {
    username,
    database,
    created_at: localTime(row.createdAt),
    last_activity: localTime(row.lastActivity),
    timeout_seconds: settings.auth.idleSeconds,
  }
}

export const authRoutes: FastifyPluginAsyncTypebox<AuthDeps> = async (app, deps) => {
  const { settings, operations, audit } = deps
  const secure = settings.api.tlsTerminated
  const addressOf = addressReader(settings)

  const options = {
    schema: { summary: 'Sign in with an account of the database', refuses: [401, 503], body: Credentials, response: { 200: SignedIn } },
    config: { public: true, operation: 'login' },
    bodyLimit: longestLogin,
  }
  app.post('/login', options, async (request, reply) => {
    const address = addressOf(request.headers, request.ip)
    const { claims, token } = await auditedLogin(deps, { ...request.body, address: networkOf(address) }, { requestId: request.id, address })
    const expiresIn = settings.auth.expirySeconds
    reply.header('set-cookie', tokenCookie(token, expiresIn, secure))
    const position = await deps.replicaReads?.atLogin(claims)
    if (position) reply.header('set-cookie', position)
    return { token, username: claims.username, database: claims.database, expires_in: expiresIn }
  })

  await app.register(passwordRoutes, { ...deps, prefix: '' })

  app.post(
    '/logout',
    { schema: { summary: 'Sign out', response: { 200: Type.Object({ message: Type.String() }) } }, config: { terse: true, operation: 'logout' } },
    async (request, reply) => {
      await operations.sessions.end(request.visitor.sessionId)
      audit.loggedOut({ ...request.visitor, requestId: request.id, address: addressOf(request.headers, request.ip) })
      reply.header('set-cookie', expiredCookie(secure))
      return { message: 'Signed out successfully' }
    },
  )

  app.get(
    '/session',
    { schema: { summary: 'Who is signed in', refuses: [404], response: { 200: SessionFacts } }, config: { terse: true, operation: 'session' } },
    ({ visitor }) => sessionFacts(deps, visitor),
  )
}
