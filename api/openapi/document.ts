// The OpenAPI document of the routes. Pure.
import type { Json } from './json-schema.ts'
import { groupOf, type Operation, operationOf, pathOf } from './operation.ts'
import { responses, schemas } from './refusals.ts'
import type { Route } from './route.ts'

export interface OpenApi {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly summary: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly security: readonly Json[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Json; readonly responses: Json; readonly securitySchemes: Json }
}

const description = [
  'Sign in by POST /api/auth/login and send the token of the answer as `Authorization: Bearer <token>`, or keep the cookie that comes with it.',
  'Numbers and truth values are also read from texts ("5", "true"); what the document does not name is ignored. A slash at the end of a path does not matter.',
  'Amounts of money are decimal texts in transactions and plannings and JSON numbers everywhere else. Dates and times have no zone.',
  'Every answer has an `X-Request-Id`, by which the log knows the request.',
].join('\n\n')

const groups: Readonly<Record<string, string>> = {
  health: 'Whether the process answers',
  auth: 'Signing in and out',
  setup: 'New databases and migrations',
  transactions: 'Bookings of accounts, their entries, and their import',
  categories: 'The tree of categories',
  'category-automation': 'Rules that find the category of an entry',
  planning: 'Bookings that recur, and what comes of them',
  accounts: 'Accounts, and what they earned and spent',
  'year-overview': 'A year at a glance',
  years: 'Years that have bookings',
  shares: 'Shares, their prices and trades',
  settings: 'Lists that the other operations choose from',
  export: 'Everything one has, to take along',
  theme: 'Colours of the web UI',
  docs: 'Documents',
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'The token that signing in answers.' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'auth_token',
    description: 'The same token, set by signing in; what changes something is accepted from our own origin only.',
  },
  setupToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Setup-Token',
    description: 'The token of this installation; not asked for when none is set and the request is local.',
  },
}

const pathsOf = (routes: readonly Route[]): OpenApi['paths'] => {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) (paths[pathOf(route.url)] ??= {})[route.method.toLowerCase()] = operationOf(route)
  return paths
}

export const documentOf = (routes: readonly Route[], release: string): OpenApi => {
  const used = new Set(routes.map(({ url }) => groupOf(url)))
  return {
    openapi: '3.1.0',
    info: { title: 'FiniA API', version: release, summary: 'Personal finances: accounts, bookings, categories, plannings and shares.', description },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { cookie: [] }],
    tags: [...used].map((name) => ({ name, description: groups[name] ?? name })),
    paths: pathsOf(routes),
    components: { schemas, responses, securitySchemes },
  }
}
