// What the API can do, told by the API itself: the document, and a page for people. Registered before the routes, which it watches coming in.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { Type } from 'typebox'
import type { Deps } from '../deps.ts'
import { documentOf } from './document.ts'
import { pageOf, style } from './page.ts'
import { type Route, routesOf } from './route.ts'

const isDescribed = ({ url }: Route) => url.startsWith('/api/') || url === '/openapi.json'

const documents: FastifyPluginAsyncTypebox<{ readonly routes: readonly Route[]; readonly release: string }> = async (app, { routes, release }) => {
  // made once every route is known
  let made: { readonly json: string; readonly page: string } | undefined
  const documentation = () => {
    if (made) return made
    const document = documentOf(routes.filter(isDescribed), release)
    made = { json: JSON.stringify(document), page: pageOf(document) }
    return made
  }
  const config = { public: true, operation: 'describe the API' }

  const described = Type.Object({ openapi: Type.String(), info: Type.Object({}), paths: Type.Object({}) })
  app.get('/openapi.json', { config, schema: { summary: 'This document', response: { 200: described } } }, async (_request, reply) =>
    // a text is sent as it is, with everything that is in it
    reply
      .type('application/json; charset=utf-8')
      .serializer(String)
      .send(documentation().json as never),
  )
  for (const url of ['/api/docs', '/api/redoc']) {
    app.get(url, { config, schema: { summary: 'The operations, as a page', produces: 'text/html' } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(documentation().page),
    )
  }
  app.get('/openapi.css', { config }, async (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
}

export const openApi = fp(
  async (app, { release }: Pick<Deps, 'release'>) => {
    const routes: Route[] = []
    app.addHook('onRoute', (options) => void routes.push(...routesOf(options)))
    await app.register(documents, { routes, release })
  },
  { name: 'open-api' },
)
