import { existsSync } from 'node:fs'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { addressReader } from '../auth/client.ts'
import { HttpError, Unauthorized } from '../errors.ts'
import { networkOf } from '../limits/address.ts'
import { OptionalNull } from '../validation/types.ts'
import { checkName, createDatabase, initializeDatabase, type SetupDeps, unusable, type Wish } from './new-database.ts'
import { readSeed } from './read-seed.ts'
import { maySetUp } from './token.ts'

const Body = Type.Object({
  username: Type.String({ minLength: 1 }),
  password: Type.String({ minLength: 1 }),
  database_name: OptionalNull(Type.String()),
})
const Created = Type.Object({ success: Type.Boolean(), database: Type.String(), sql_file: Type.String() })
const Initialized = Type.Object({ success: Type.Boolean(), database: Type.String(), data_file: Type.String() })

const told = { refuses: [401, 404, 500, 503], opens: 'setupToken' } as const

const shortPath = (path: string) => path.replace(/^\.\//, '')

/** Bytes. Anybody may send one. */
const longest = 16_384

/** What a request wants, from whom: its sentences name no secret. */
const wishesOf = (settings: SetupDeps['settings']) => {
  const addressOf = addressReader(settings)
  return (operation: string, { headers, ip }: FastifyRequest, { username, password, database_name: name }: Static<typeof Body>): Wish => ({
    operation,
    account: { user: username, password },
    address: networkOf(addressOf(headers, ip)),
    database: checkName(name || settings.database.name, settings.database.operations),
  })
}

export const newDatabaseRoutes: FastifyPluginAsyncTypebox<SetupDeps> = async (app, deps) => {
  const { setup, database } = deps.settings
  const wishOf = wishesOf(deps.settings)
  app.addHook('onRequest', async ({ headers, ip }) => {
    if (!maySetUp(setup, headers, ip)) throw new Unauthorized('Invalid or missing setup token.')
  })
  const creating = { public: true, operation: 'create database' }
  app.post(
    '/database',
    { config: creating, bodyLimit: longest, schema: { summary: 'Make a database, when there is none', ...told, body: Body, response: { 200: Created } } },
    async (request) => {
      const wish = wishOf(creating.operation, request, request.body)
      await createDatabase(deps, wish)
      return { success: true, database: wish.database, sql_file: shortPath(database.sqlFile) }
    },
  )

  const initializing = { public: true, operation: 'initialize database' }
  app.post(
    '/init-data',
    {
      config: initializing,
      bodyLimit: longest,
      schema: { summary: 'Fill an unused database with what it starts with', ...told, body: Body, response: { 200: Initialized } },
    },
    async (request) => {
      const wish = wishOf(initializing.operation, request, request.body)
      const file = shortPath(database.initData)
      if (!existsSync(database.initData)) throw new HttpError(404, `Data file not found: ${file}`)
      const reading = readSeed(database.initData)
      if ('problems' in reading) throw unusable(wish, reading.problems)
      await initializeDatabase(deps, wish, reading.seed)
      return { success: true, database: wish.database, data_file: file }
    },
  )
}
