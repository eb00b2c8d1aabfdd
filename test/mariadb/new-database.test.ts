import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql, { raw } from 'sql-template-tag'
import { afterEach, expect, inject, test } from 'vitest'
import { migrations } from '../../api/db/migrations/all.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { freePort } from '../support/free-port.ts'
import { anApi, asAdmin, aUser, someDatabases, someSettings, type TestApi, theServer } from './environment.ts'

let api: TestApi | undefined
afterEach(() => api?.close())

const aName = () => `finiaDB_n${randomBytes(6).toString('hex')}`
const admin = () => {
  const { user: username, password } = inject('mariadb')
  return { username, password }
}
const serve = async (database: object = {}, setup = { token: '', allowLocalhost: true }) => {
  api = await anApi({ settings: { ...someSettings({ database }), setup } })
  return api
}
const post = async (path: 'database' | 'init-data', payload: object, headers: Record<string, string> = {}) => {
  const answer = await (api ?? (await serve())).app.inject({ method: 'POST', url: `/api/setup/${path}`, payload, headers, remoteAddress: '10.0.0.9' })
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
}
const failure = (operation: string, sentence: string) => ({
  status: 500,
  body: { detail: expect.stringContaining(`Internal server error (${operation}): ${sentence}`) as string },
})

test('a new database has tables, trigger and both kinds of bookkeeping; a second time changes nothing', async () => {
  await serve()
  const database = aName()
  const answer = { status: 200, body: { success: true, database, sql_file: 'db/migrations/001_initial_schema.sql' } }
  const held = () =>
    asAdmin(
      async (db) => ({
        collation: await db.first(sql`SELECT default_collation_name AS name FROM information_schema.schemata WHERE schema_name = DATABASE()`),
        triggers: await db.all(sql`SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE()`),
        theirs: await db.all(sql`SELECT version, applied_at FROM schema_migrations ORDER BY version`),
        ours: await db.all(sql`SELECT version, applied_at FROM finia_schema ORDER BY version`),
      }),
      database,
    )
  expect(await post('database', { ...admin(), database_name: database })).toEqual(answer)
  const before = await held()
  expect(before).toMatchObject({
    collation: { name: 'utf8mb3_general_ci' },
    triggers: expect.arrayContaining([{ name: 'trg_transaction_create_accounting_entry' }]),
    theirs: [{ version: '000' }, { version: '001' }],
    ours: migrations.map(({ version }) => ({ version })),
  })
  expect(await post('database', { ...admin(), database_name: database })).toEqual(answer)
  expect(await held()).toEqual(before)
})

test('without a name it is the configured database, and a user sets up his own without the right to create one', async () => {
  const user = await aUser()
  await serve({ name: user.database, sql_file: './db/other.sql' })
  for (const database_name of [undefined, null, '']) {
    const answer = await post('database', { username: user.username, password: user.password, database_name })
    expect(answer).toEqual({ status: 200, body: { success: true, database: user.database, sql_file: 'db/other.sql' } })
  }
})

test('the data to start with goes into a database that nobody has used, tables or not, and only once', async () => {
  await serve()
  const user = await aUser()
  const held = () =>
    asAdmin((db) => db.first(sql`SELECT (SELECT COUNT(*) FROM tbl_category) AS categories, (SELECT COUNT(*) FROM tbl_account) AS accounts`), user.database)
  for (let turn = 0; turn < 2; turn++) {
    const answer = await post('init-data', { username: user.username, password: user.password, database_name: user.database })
    expect(answer).toEqual({ status: 200, body: { success: true, database: user.database, data_file: 'cfg/data.yaml' } })
    expect(await held()).toEqual({ categories: 58, accounts: 5 })
  }
})

test('without the token nobody is told anything; with it the request is looked at', async () => {
  const token = randomBytes(12).toString('hex')
  await serve({}, { token, allowLocalhost: false })
  for (const path of ['database', 'init-data'] as const) {
    expect(await post(path, {})).toEqual({ status: 401, body: { detail: 'Invalid or missing setup token.' } })
    expect(await post(path, {}, { 'x-setup-token': token })).toMatchObject({ status: 422 })
    expect(await post(path, { username: '', password: '' }, { 'x-setup-token': token })).toMatchObject({
      status: 422,
      body: {
        detail: [
          { type: 'string_too_short', loc: ['body', 'username'] },
          { type: 'string_too_short', loc: ['body', 'password'] },
        ],
      },
    })
  }
})

test.each(['mysql', 'Information_Schema', 'finia_ops', 'a`b', 'a b', '?', '😀', 'x'.repeat(65)])('the name %j is refused', async (database_name) => {
  await serve()
  for (const path of ['database', 'init-data'] as const) {
    expect(await post(path, { ...admin(), database_name })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('database_name is') as string },
    })
  }
})

test('an account that may not create a database is told so', async () => {
  await serve()
  const { username, password } = await aUser()
  expect(await post('database', { username, password, database_name: aName() })).toEqual(failure('create database', 'Failed to create database'))
  expect(await post('init-data', { username, password, database_name: aName() })).toEqual(failure('initialize database', 'Failed to connect to MySQL database'))
})

test('wrong passwords count as failed logins: the sixth is not tried, here or at the login', async () => {
  const { app } = await serve()
  const { username, password, database } = await aUser()
  const wrong = { username, password: 'wrong', database_name: database }
  for (let turn = 0; turn < 4; turn++) expect(await post('database', wrong)).toEqual(failure('create database', 'Failed to connect to MySQL server'))
  expect(await post('init-data', wrong)).toEqual(failure('initialize database', 'Failed to connect to MySQL database'))
  expect(await post('database', { ...wrong, password })).toMatchObject({ status: 429 })
  expect((await app.inject({ method: 'POST', url: '/api/auth/login', payload: { username, password } })).statusCode).toBe(429)
})

test('a server that does not answer is told without its address', async () => {
  const port = await freePort()
  api = await anApi({ databases: someDatabases({ ...theServer(), port }) })
  const answer = await post('database', { ...admin(), database_name: aName() })
  expect(answer).toEqual(failure('create database', 'Failed to connect to MySQL server'))
  expect(JSON.stringify(answer)).not.toContain(String(port))
})

test('data that is missing is 404, data that is wrong and a database that is another one are failures with their reason', async () => {
  const user = await aUser()
  const wish = { username: user.username, password: user.password, database_name: user.database }
  const folder = mkdtempSync(join(tmpdir(), 'finia-setup-'))
  const file = join(folder, 'data.yaml')
  await serve({ init_data: file })
  expect(await post('init-data', wish)).toEqual({ status: 404, body: { detail: `Data file not found: ${file}` } })
  writeFileSync(file, 'categories: [{ name: 5 }]')
  expect(await post('init-data', wish)).toEqual(failure('initialize database', 'Database initialization failed.'))
  writeFileSync(file, 'categories: [{ name: Haus }]')
  await asAdmin(async (db) => {
    await migrate(db, { labels: ['expand'], dryRun: false })
    await db.run(raw(`UPDATE finia_schema SET checksum = 'another'`))
  }, user.database)
  const answer = await post('init-data', wish)
  rmSync(folder, { recursive: true })
  expect(answer).toEqual(failure('initialize database', 'Database initialization failed. Migration 001 integrity check failed!'))
})
