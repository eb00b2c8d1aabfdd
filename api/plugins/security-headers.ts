// Headers that every answer of the API carries, whoever stands in front of it: one emitter per response.
import fp from 'fastify-plugin'
import type { Settings } from '../config.ts'
import type { Deps } from '../deps.ts'

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const headersOf = ({ headers, tlsTerminated }: Settings['api']): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy,
  // what somebody has in the bank is kept by no cache; what may be kept says so itself
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': headers.referrerPolicy,
  ...(headers.xssProtection && { 'x-xss-protection': '1; mode=block' }),
  ...(tlsTerminated &&
    headers.hstsMaxAge > 0 && {
      'strict-transport-security': `max-age=${headers.hstsMaxAge}${headers.hstsIncludeSubdomains ? '; includeSubDomains' : ''}`,
    }),
})

export const securityHeaders = fp(
  async (app, { settings }: Pick<Deps, 'settings'>) => {
    const headers = headersOf(settings.api)
    app.addHook('onRequest', async (request, reply) => {
      reply.headers(headers).header('x-request-id', request.id)
    })
  },
  { name: 'security-headers' },
)
