// Makes a database and what it starts with, as an account of the database that the request brings along.
import sql, { raw } from 'sql-template-tag'
import type { Account } from '../config.ts'
import { isBasicText } from '../db/basic-text.ts'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { MigrationFailed, migrate } from '../db/migrations/run.ts'
import type { Deps } from '../deps.ts'
import { BadRequest, HttpError, TooManyRequests } from '../errors.ts'
import { type Seed, seedUnused } from './seed.ts'

export type SetupDeps = Pick<Deps, 'settings' | 'databases' | 'operations' | 'random'>

export interface Wish {
  readonly operation: string
  readonly account: Account
  readonly address: string
  readonly database: string
}

const fail = ({ operation }: Pick<Wish, 'operation'>, sentence: string, cause?: unknown) =>
  new HttpError(500, `Internal server error (${operation}): ${sentence}`, {}, { cause })

const notOurs = ['information_schema', 'mysql', 'performance_schema', 'sys']

/** Names that need no thought anywhere, and are nobody else's. */
export const checkName = (name: string, operations: string): string => {
  const plain = /^[\p{L}\p{N}_$-]{1,64}$/u.test(name) && isBasicText(name)
  if (!plain) throw new BadRequest(`database_name is ${JSON.stringify(name)}; write 1 to 64 letters, digits, "_", "-" or "$".`)
  if ([...notOurs, operations].includes(name.toLowerCase()))
    throw new BadRequest(`database_name is ${JSON.stringify(name)}, which is no user's database; name another one.`)
  return name
}

const reasonOf = (error: unknown): string => {
  if (error instanceof MigrationFailed) return error.message
  if (!(error instanceof DatabaseError)) throw error
  // without a number it is the network's word, which names addresses
  return error.errno ? `the database refused with error ${error.errno} (${error.sqlState})` : 'the database does not answer'
}

/** Tries the password as a login does, and counts as one: otherwise passwords could be guessed here. */
export const connect = async ({ databases, operations, random }: SetupDeps, wish: Wish, sentence: string): Promise<void> => {
  const { attempts } = operations
  const { user: username, password } = wish.account
  await attempts.inTurn(username, async () => {
    const id = Buffer.from(random.bytes(16)).toString('base64url')
    const seconds = await attempts.begin(id, username, wish.address)
    if (seconds > 0) throw new TooManyRequests(`Too many login attempts. Please wait ${seconds} seconds and try again.`, seconds)
    try {
      await databases.check({ username, password, database: 'information_schema' })
    } catch (cause) {
      if (cause instanceof DatabaseError && cause.fault === 'denied') await attempts.fail(id, username)
      else await attempts.withdraw(id)
      throw fail(wish, `${sentence}: ${reasonOf(cause)}`, cause)
    }
    await attempts.succeed(id, username)
  })
}

const createWhenMissing = async (server: Db, name: string): Promise<void> => {
  const found = await server.first(sql`SELECT 1 FROM schemata WHERE BINARY schema_name = ${name}`)
  if (!found) await server.run(raw(`CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci`))
}

const open = ({ databases }: SetupDeps, { account: { user: username, password } }: Wish, database: string): Db =>
  databases.open({ username, password, database })

export const createDatabase = async (deps: SetupDeps, wish: Wish): Promise<void> => {
  await connect(deps, wish, 'Failed to connect to MySQL server')
  try {
    await createWhenMissing(open(deps, wish, 'information_schema'), wish.database)
    await migrate(open(deps, wish, wish.database), { labels: ['expand'], dryRun: false })
  } catch (cause) {
    throw fail(wish, `Failed to create database: ${reasonOf(cause)}`, cause)
  }
}

/** Brings the database up to date first: what it starts with has to fit. A database that was in use stays as it is. */
export const initializeDatabase = async (deps: SetupDeps, wish: Wish, seed: Seed): Promise<void> => {
  await connect(deps, wish, 'Failed to connect to MySQL database')
  const afterwards = async (locked: Db) => void (await seedUnused(locked, seed))
  try {
    await migrate(open(deps, wish, wish.database), { labels: ['expand'], dryRun: false, afterwards })
  } catch (cause) {
    const missing = cause instanceof DatabaseError && cause.fault === 'denied'
    throw fail(wish, `${missing ? 'Failed to connect to MySQL database' : 'Database initialization failed.'} ${reasonOf(cause)}`, cause)
  }
}

/** Why the files that a database starts with cannot be used. */
export const unusable = (wish: Pick<Wish, 'operation'>, problems: readonly string[]) => fail(wish, `Database initialization failed. ${problems.join(' ')}`)
