// Other origins that may call the API from a browser; answers as the original's.
import fp from 'fastify-plugin'
import type { Deps } from '../deps.ts'

export const cors = fp(
  async (app, { settings }: Pick<Deps, 'settings'>) => {
    const { origins, allowCredentials, allowMethods, allowHeaders } = settings.api.cors
    app.addHook('onRequest', async (request, reply) => {
      reply.header('vary', 'Origin')
      const { origin, 'access-control-request-method': method } = request.headers
      if (origin === undefined) return
      const preflight = request.method === 'OPTIONS' && method !== undefined
      const allowed = origins.includes('*') || origins.includes(origin)
      if (!allowed) return preflight ? reply.code(400).type('text/plain; charset=utf-8').send('Disallowed CORS origin') : undefined
      reply.header('access-control-allow-origin', origin)
      if (allowCredentials) reply.header('access-control-allow-credentials', 'true')
      if (!preflight) return
      if (!allowMethods.includes('*') && !allowMethods.includes(method)) return reply.code(400).type('text/plain; charset=utf-8').send('Disallowed CORS method')
      reply.headers({
        'access-control-allow-methods': allowMethods.join(', '),
        'access-control-allow-headers': allowHeaders.join(', '),
        'access-control-max-age': '600',
      })
      return reply.code(200).type('text/plain; charset=utf-8').send('OK')
    })
  },
  { name: 'cors' },
)
