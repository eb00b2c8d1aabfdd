// What a test against the real database starts from: users with databases of their own, and APIs that serve them.
import { randomBytes } from 'node:crypto'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import sql, { raw } from 'sql-template-tag'
import { inject } from 'vitest'
import { buildApp } from '../../api/app.ts'
import { auditOn } from '../../api/auth/audit.ts'
import { pseudonymsFrom } from '../../api/auth/pseudonyms.ts'
import { tokensOf } from '../../api/auth/tokens.ts'
import { type Environment, readConfiguration, type Settings } from '../../api/config.ts'
import type { Server } from '../../api/db/connection.ts'
import type { Login } from '../../api/db/databases.ts'
import type { Db } from '../../api/db/db.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { type MysqlDatabases, mysqlDatabases } from '../../api/db/mysql.ts'
import type { Clock, Deps, Log } from '../../api/deps.ts'
import type { Peers } from '../../api/limits/replicas.ts'
import type { Metrics } from '../../api/metrics/metrics.ts'
import { prometheusMetrics } from '../../api/metrics/prometheus.ts'
import { memoryStore } from '../../api/operations/memory.ts'
import { operationsOn } from '../../api/operations/operations.ts'
import type { OperationsStore } from '../../api/operations/store.ts'
import { systemClock } from '../../api/system.ts'
import { holdToDocument } from '../support/described.ts'

export const noLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const sections = {
  database: {},
  api: { body_limit: 2_000_000, requests_per_minute: 0 },
  auth: { username_prefix: '', database_prefix: 'finiaDB_' },
}

/** Settings as of a config.yaml with these keys on top. */
export const someSettings = (changes: { readonly [section in keyof typeof sections]?: object } = {}, environment: Environment = {}): Settings => {
  const file = Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, { ...section, ...changes[name as keyof typeof sections] }]))
  const configuration = readConfiguration(environment, JSON.stringify(file))
  if ('problems' in configuration) throw new Error(configuration.problems.join('\n'))
  return configuration.settings
}

export const theServer = (): Server => {
  const { host, port } = inject('mariadb')
  return { host, port, netReadTimeout: 120, netWriteTimeout: 120, maxExecutionTime: 120_000, tls: 'Disabled', ca: undefined }
}

const bounds = { total: 20, perUser: 5, idleMilliseconds: 60_000, lifeMilliseconds: 600_000, waitMilliseconds: 20_000 }

export const someDatabases = (server = theServer(), changes: Partial<typeof bounds> = {}): MysqlDatabases =>
  mysqlDatabases(server, { ...bounds, ...changes }, systemClock)

/** Work as the account that may do everything, for instance to make users. */
export const asAdmin = async <T>(work: (db: Db) => Promise<T>, database = 'mysql'): Promise<T> => {
  const { user, password } = inject('mariadb')
  const databases = someDatabases()
  try {
    return await work(databases.open({ username: user, password, database }))
  } finally {
    await databases.close()
  }
}

/** A user with an empty database of his own, as the operator makes them. */
export const aUser = async (): Promise<Login> => {
  const username = `t${randomBytes(6).toString('hex')}`
  const user = { username, password: randomBytes(12).toString('base64url'), database: `finiaDB_${username}` }
  await asAdmin(async (db) => {
    await db.run(raw(`CREATE DATABASE \`${user.database}\` CHARACTER SET utf8mb3`))
    await db.run(sql`CREATE USER ${user.username}@'%' IDENTIFIED BY ${user.password}`)
    await db.run(raw(`GRANT ALL PRIVILEGES ON \`${user.database.replaceAll('_', '\\_')}\`.* TO '${username}'@'%'`))
  })
  return user
}

export interface TestApi {
  readonly app: FastifyInstance
  readonly deps: Deps
  readonly databases: MysqlDatabases
  /** A key ring that another API can be given. */
  readonly key: Uint8Array
  readonly close: () => Promise<void>
}

export interface ApiChoices {
  readonly settings?: Settings
  readonly databases?: MysqlDatabases
  readonly store?: OperationsStore
  readonly key?: Uint8Array
  readonly clock?: Clock
  readonly log?: Log
  readonly peers?: Peers
}

/** One replica. */
export const anApi = async (choices: ApiChoices = {}): Promise<TestApi> => {
  const { settings = someSettings(), databases = someDatabases(), store = memoryStore(), key = randomBytes(32), clock = systemClock, log = noLog } = choices
  const operations = operationsOn(store, clock, log, settings.auth, choices.peers)
  await operations.start(new AbortController().signal)
  const deps: Deps = {
    settings,
    databases,
    operations,
    tokens: tokensOf([{ kid: 'test', key }]),
    clock,
    random: { bytes: (count) => randomBytes(count) },
    log,
    audit: auditOn(log, pseudonymsFrom([{ kid: 'test', key }])),
    metrics: prometheusMetrics({
      release: '1.0.0-test',
      pools: () => ({ users: databases.size, service: { total: 0, idle: 0, waiting: 0 } }),
      sessions: () => operations.sessions.known,
    }),
    release: '1.0.0-test',
    stopping: new AbortController().signal,
  }
  const app = holdToDocument(await buildApp(deps))
  const close = async () => {
    await app.close()
    await databases.close()
  }
  return { app, deps, databases, key, close }
}

export interface TestDatabase extends Login {
  /** The user's database, as its repositories get it. */
  readonly db: Db
  readonly app: FastifyInstance
  readonly metrics: Metrics
  readonly token: string
  /** A request of the signed-in user. */
  inject(options: InjectOptions): Promise<LightMyRequestResponse>
  readonly close: () => Promise<void>
}

/** A new user with a migrated database, signed in to an API of his own. Close it when done. */
export const aDatabase = async (choices: ApiChoices = {}): Promise<TestDatabase> => {
  const user = await aUser()
  const { app, deps, databases, close } = await anApi(choices)
  const db = databases.open(user)
  await migrate(db, { labels: ['expand', 'contract'], dryRun: false })
  const answer = await app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: user.username, password: user.password } })
  if (answer.statusCode !== 200) throw new Error(`login answered ${answer.statusCode}: ${answer.body}`)
  const { token } = answer.json<{ token: string }>()
  return {
    ...user,
    db,
    app,
    metrics: deps.metrics,
    token,
    close,
    inject: (options) => app.inject({ ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } }),
  }
}
