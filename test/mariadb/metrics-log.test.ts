import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../api/app.ts'
import type { Login } from '../../api/db/databases.ts'
import type { Db } from '../../api/db/db.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import type { Log } from '../../api/deps.ts'
import { seedImportFormats } from '../../api/settings/seed-import-formats.ts'
import { anApi, aUser, someSettings } from './environment.ts'
import { anAccountBody } from './import-form.ts'
import { type Document, type Request, requestsOf } from './metrics-requests.ts'

const word = `Geheim${randomBytes(9).toString('hex')}`
const lines: { readonly message: string; readonly [field: string]: unknown }[] = []
const keep = (fields: object, message: string) => void lines.push({ ...fields, message })
const log: Log = { debug: keep, info: keep, warn: keep, error: keep }

let user: Login
let db: Db
let app: FastifyInstance
let close: () => Promise<void>
let requests: fc.Arbitrary<Request>
beforeAll(async () => {
  // else the account is locked before the operations are through
  const api = await anApi({ log, settings: someSettings({ auth: { max_login_attempts: 0, max_login_attempts_per_address: 0 } }) })
  // not held to the document: the database is made to fail in ways that no operation documents
  app = await buildApp(api.deps)
  close = api.close
  user = await aUser()
  db = api.databases.open(user)
  await migrate(db, { labels: ['expand', 'contract'], dryRun: false })
  await seedImportFormats(db, readFileSync('cfg/import_formats.yaml', 'utf8'))
  const headers = { authorization: `Bearer ${await login()}` }
  await app.inject({ method: 'POST', url: '/api/accounts/', headers, payload: anAccountBody() })
  await db.run(sql`INSERT INTO tbl_category (dateImport, name) VALUES (NOW(), ${word})`)
  requests = requestsOf((await app.inject('/openapi.json')).json<Document>(), word)
})
afterAll(async () => {
  await app.close()
  await close()
})

const login = async (): Promise<string> => {
  const { username, password } = user
  const answer = await app.inject({ method: 'POST', url: '/api/auth/login', payload: { username, password } })
  return answer.json<{ token: string }>().token
}

const post = (url: string, payload: object): Request => ({ method: 'POST', url: `${url}?${word}`, payload })

/** One for each status that chance need not bring: twice the same name, none, a body that lacks what it needs, an id that nobody has, and a look at the entries. */
const certain: readonly Request[] = [
  post('/api/settings/account-types', { type: word }),
  post('/api/settings/account-types', { type: word }),
  post('/api/settings/account-types', { type: '' }),
  post('/api/accounts/', { name: word }),
  { method: 'GET', url: `/api/transactions/2147483647?${word}` },
  post('/api/transactions/mark-checked', { transaction_ids: [1] }),
]

/** Sends them and says which statuses came; nobody may read in the log what was sent, or who sent it by which means. */
const sendAll = async (numRuns: number): Promise<ReadonlySet<number>> => {
  const statuses = new Set<number>()
  let token = await login()
  let read = lines.length
  const first = read
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const answer = await app.inject({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}`, cookie: `auth_token=${word}` } })
      statuses.add(answer.statusCode)
      const text = JSON.stringify(lines.slice(read))
      read = lines.length
      for (const secret of [word, user.password, token]) expect(text).not.toContain(secret)
      if (request.url.startsWith('/api/auth/')) token = await login()
    }),
    { numRuns, examples: certain.map((request) => [request]) },
  )
  // all have a line but those that ask how we are
  expect(lines.slice(first).filter(({ message }) => message === 'request answered').length).toBeGreaterThan(numRuns / 2)
  return statuses
}

test('no text, password, token or query of any operation gets into the log, whether it succeeds or is refused', async () => {
  const statuses = await sendAll(600)
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404, 409, 422]))
})

test('nor does one when the database fails, whose errors quote what they were given', async () => {
  const fail = (table: string) =>
    db.run(raw(`CREATE TRIGGER fails_${table} BEFORE INSERT ON ${table} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1644, MESSAGE_TEXT = '${word}'`))
  for (const table of ['tbl_category', 'tbl_planning', 'tbl_account', 'tbl_share', 'tbl_setting']) await fail(table)
  await db.run(raw('RENAME TABLE tbl_accountingEntry TO tbl_gone'))
  expect([...(await sendAll(300))]).toContain(409)
  const token = await login()
  lines.length = 0
  const headers = { authorization: `Bearer ${token}` }
  const answer = await app.inject({ method: 'POST', url: '/api/categories/', headers, payload: { name: `${word} as well` } })
  expect([answer.statusCode, lines.map(({ message }) => message)]).toEqual([500, ['request failed', 'request answered']])
  expect(JSON.stringify(lines)).not.toContain(word)
})

test('a token that is no token, and a wrong login, leave no trace of what was sent', async () => {
  lines.length = 0
  const session = { method: 'GET' as const, url: `/api/auth/session?${word}` }
  await app.inject({ ...session, headers: { authorization: `Bearer ${word}` } })
  await app.inject({ ...session, headers: { cookie: `auth_token=${word}` } })
  await app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: word, password: `${word}!` } })
  await app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: user.username, password: word } })
  await app.inject({ method: 'POST', url: '/api/auth/login', payload: `{"username":"${word}`, headers: { 'content-type': 'application/json' } })
  expect(lines.filter(({ audit }) => audit).map(({ message, result }) => [message, result])).toEqual([
    ['login failed', 'wrong'],
    ['login failed', 'wrong'],
  ])
  expect(JSON.stringify(lines)).not.toContain(word)
})
