// The change of one's own password.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.ts'
import { HttpError } from '../errors.ts'
import { networkOf } from '../limits/address.ts'
import { addressReader } from './client.ts'
import { tokenCookie } from './cookie.ts'
import { changePassword } from './password.ts'

const NewPassword = Type.Object({ current_password: Type.String(), new_password: Type.String() })
const Changed = Type.Object({ message: Type.String(), token: Type.String(), expires_in: Type.Integer() })

/** Bytes. */
const longestBody = 16_384

type PasswordDeps = Pick<Deps, 'settings' | 'operations' | 'tokens' | 'databases' | 'clock' | 'random' | 'audit'>

export const passwordRoutes: FastifyPluginAsyncTypebox<PasswordDeps> = async (app, deps) => {
  const { settings } = deps
  const addressOf = addressReader(settings)
  const options = {
    schema: { summary: 'Change one’s own password', refuses: [400, 403, 409, 503], body: NewPassword, response: { 200: Changed } },
    config: { operation: 'change password' },
    bodyLimit: longestBody,
  }
  app.post('/password', options, async (request, reply) => {
    const { current_password: current, new_password: wanted } = request.body
    const address = addressOf(request.headers, request.ip)
    const who = { ...request.visitor, requestId: request.id, address }
    const token = await changePassword(deps, request.visitor, { current, wanted, address: networkOf(address) }).catch((error: unknown) => {
      deps.audit.passwordKept({ ...who, status: error instanceof HttpError ? error.statusCode : 500 })
      throw error
    })
    deps.audit.passwordChanged(who)
    const expiresIn = settings.auth.expirySeconds
    reply.header('set-cookie', tokenCookie(token, expiresIn, settings.api.tlsTerminated))
    return { message: 'The password is changed; other sessions have ended.', token, expires_in: expiresIn }
  })
}
