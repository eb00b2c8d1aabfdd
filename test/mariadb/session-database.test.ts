import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../api/db/db.ts'
import { migrations, schemaRange } from '../../api/db/migrations/all.ts'
import { aDatabase, anApi, asAdmin, aUser, someDatabases, someSettings, type TestDatabase, theServer } from './environment.ts'
import { eventually } from './process.ts'

describe('a user’s database', () => {
  let database: TestDatabase
  let db: Db
  beforeAll(async () => {
    database = await aDatabase()
    db = database.db
    await db.run(
      sql`CREATE TABLE things (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE, amount DECIMAL(20,10), at DATETIME, day DATE, facts JSON, size INT)`,
    )
  })
  afterAll(() => database.close())

  test('rows come as the port promises', async () => {
    await db.run(sql`INSERT INTO things VALUES (1, ${"O'Neill \\ ?"}, ${'-0.1'}, ${'2026-02-03 04:05:06'}, ${'2026-02-03'}, ${'{"a": 1}'}, ${7})`)
    expect(await db.first(sql`SELECT * FROM things WHERE id = ${1}`)).toEqual({
      id: 1,
      name: "O'Neill \\ ?",
      amount: '-0.1000000000',
      at: '2026-02-03T04:05:06',
      day: '2026-02-03',
      facts: '{"a": 1}',
      size: 7,
    })
    expect(await db.all(sql`SELECT id FROM things LIMIT ${1} OFFSET ${0}`)).toEqual([{ id: 1 }])
    expect(await db.first(sql`SELECT id FROM things WHERE id = ${2}`)).toBeUndefined()
  })

  test('an outcome tells found from changed, and the id of a new row', async () => {
    const { insertId } = await db.run(sql`INSERT INTO things (name, size) VALUES ('a', 1)`)
    const update = sql`UPDATE things SET size = 2 WHERE id = ${insertId}`
    expect(await db.run(update)).toMatchObject({ affectedRows: 1, changedRows: 1 })
    expect(await db.run(update)).toMatchObject({ affectedRows: 1, changedRows: 0 })
    expect(await db.run(sql`DELETE FROM things WHERE id = ${insertId}`)).toMatchObject({ affectedRows: 1 })
  })

  test('a transaction is all or nothing, and one inside another joins it', async () => {
    const count = async () => (await db.all(sql`SELECT id FROM things WHERE name LIKE 't%'`)).length
    const insert = (inside: Db, name: string) => inside.run(sql`INSERT INTO things (name) VALUES (${name})`)
    const failing = db.transaction(async (outer) => {
      await insert(outer, 't1')
      await outer.transaction((inner) => insert(inner, 't2'))
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await count()).toBe(0)
    await db.transaction(async (outer) => {
      await insert(outer, 't1')
      await outer.transaction((inner) => insert(inner, 't2'))
    })
    expect(await count()).toBe(2)
  })

  test.each([
    ['a duplicate', sql`INSERT INTO tbl_accountType (dateImport, type) VALUES (NOW(), 'girokonto')`, 'duplicate'],
    ['a reference to nothing', sql`INSERT INTO tbl_category (dateImport, name, category) VALUES (NOW(), 'x', 999)`, 'referenced'],
    ['a text that is too long', sql`INSERT INTO tbl_accountType (dateImport, type) VALUES (NOW(), ${'x'.repeat(200)})`, 'badValue'],
    ['a sign that the tables cannot hold', sql`INSERT INTO tbl_accountType (dateImport, type) VALUES (NOW(), ${'💶'})`, 'badValue'],
    ['a day that does not exist', sql`INSERT INTO tbl_planningEntry (dateImport, dateValue, planning) VALUES (NOW(), '2026-02-30', 1)`, 'badValue'],
    ['a missing table', sql`SELECT * FROM nothing_here`, 'unmigrated'],
    ['a mistake in SQL', sql`SELEC 1`, 'other'],
  ])('%s is told apart', async (_what, statement, fault) => {
    await expect(db.run(statement)).rejects.toMatchObject({ name: 'DatabaseError', fault })
  })

  test('an object as a value is a mistake, not SQL', async () => {
    await expect(db.all(sql`SELECT id FROM things WHERE name = ${{ name: 1 }}`)).rejects.toThrow(TypeError)
  })

  test('a statement that takes too long is stopped by the server and the connection serves on', async () => {
    const hasty = someDatabases({ ...theServer(), maxExecutionTime: 300 }, { total: 1 })
    const mine = hasty.open(database)
    await expect(mine.all(sql`SELECT SLEEP(5) FROM things, tbl_planningCycle`)).rejects.toMatchObject({ fault: 'unavailable' })
    expect(await mine.first(sql`SELECT 1 AS one`)).toEqual({ one: 1 })
    await hasty.close()
  })

  test('a connection that the server cut is replaced', async () => {
    const few = someDatabases(theServer(), { total: 1 })
    const mine = few.open(database)
    const id = (await mine.first<{ id: number }>(sql`SELECT CONNECTION_ID() AS id`))?.id ?? 0
    await asAdmin((admin) => admin.run(sql`KILL ${id}`))
    const outcomes = []
    for (let turn = 0; turn < 2; turn++) outcomes.push(await mine.first<{ id: number }>(sql`SELECT CONNECTION_ID() AS id`).catch(() => undefined))
    expect(outcomes.at(-1)?.id).toBeGreaterThan(id)
    await few.close()
  })
})

test('forty users on four connections queue, and none of them fails', async () => {
  const databases = someDatabases(theServer(), { total: 4, perUser: 2 })
  const api = await anApi({ databases, settings: someSettings({ auth: { max_login_attempts_per_address: 0 } }) })
  const users = await Promise.all(Array.from({ length: 40 }, aUser))
  const logins = await Promise.all(
    users.map(({ username, password }) => api.app.inject({ method: 'POST', url: '/api/auth/login', payload: { username, password } })),
  )
  expect(logins.map(({ statusCode }) => statusCode)).toEqual(users.map(() => 200))
  const asked = logins.flatMap((answer) => {
    const { token } = answer.json<{ token: string }>()
    const ask = () => api.app.inject({ url: '/api/setup/migrations/status', headers: { authorization: `Bearer ${token}` } })
    return [ask(), ask(), ask()]
  })
  expect(new Set((await Promise.all(asked)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  expect(databases.size.total).toBeLessThanOrEqual(4)
  await api.close()
}, 60_000)

describe('migrations as the web UI asks for them', () => {
  const events = (body: string) =>
    body
      .trim()
      .split('\n\n')
      .map((line) => JSON.parse(line.replace(/^data: /, '')) as Record<string, unknown>)

  test('status, a dry run and the run itself, streamed as events in ASCII', async () => {
    const user = await aUser()
    const api = await anApi()
    const { token } = (await api.app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: user.username, password: user.password } })).json<{
      token: string
    }>()
    const headers = { authorization: `Bearer ${token}` }
    const status = async () => (await api.app.inject({ url: '/api/setup/migrations/status', headers })).json<object>()
    const apply = (payload: object) => api.app.inject({ method: 'POST', url: '/api/setup/migrations/apply', headers, payload })
    const before = {
      migrations_table_exists: false,
      current_version: null,
      pending: migrations.map(({ version, name }) => ({ version, description: name })),
      pending_count: migrations.length,
      is_initial: true,
      needs_upgrade: false,
    }
    expect(await status()).toEqual(before)
    const dry = events((await apply({ dry_run: true })).body)
    expect(dry.at(-1)).toMatchObject({
      phase: 'complete',
      status: 'success',
      current_version: null,
      result: { applied: migrations.map(({ version }) => version), skipped: [] },
    })
    expect(await status()).toEqual(before)
    const answer = await apply({})
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-frame-options': 'DENY',
    })
    const real = events(answer.body)
    expect(real[0]).toMatchObject({ phase: 'preparing', total: migrations.length })
    expect(real.filter(({ phase }) => phase === 'executing').length).toBeGreaterThan(20)
    expect(real.filter((event) => 'status' in event)).toEqual([real.at(-1)])
    expect(real.at(-1)).toMatchObject({
      message: 'Migrationen abgeschlossen',
      status: 'success',
      current_version: schemaRange.max,
      result: { applied: migrations.map(({ version }) => version), skipped: [] },
    })
    expect(answer.body).not.toMatch(/[^\x20-\x7e\n]/)
    expect(await status()).toEqual({
      migrations_table_exists: true,
      current_version: schemaRange.max,
      pending: [],
      pending_count: 0,
      is_initial: false,
      needs_upgrade: false,
    })
    expect(events((await apply({})).body)).toMatchObject([
      { phase: 'complete', current: 0, total: 0 },
      { status: 'success', result: { applied: [], skipped: [] } },
    ])
    await api.close()
  })

  test('a page that is closed in the middle stops nothing: the database is ready when its owner comes back', async () => {
    const user = await aUser()
    const api = await anApi()
    const origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const post = (path: string, body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
      fetch(origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      })
    const { token } = (await (await post('/api/auth/login', { username: user.username, password: user.password })).json()) as { token: string }
    const headers = { authorization: `Bearer ${token}` }
    const leaving = new AbortController()
    const answer = await post('/api/setup/migrations/apply', {}, headers, leaving.signal)
    await answer.body?.getReader().read()
    leaving.abort()
    const pending = async () => ((await (await fetch(`${origin}/api/setup/migrations/status`, { headers })).json()) as { pending_count: number }).pending_count
    expect(await eventually(pending, (count) => count === 0)).toBe(0)
    await api.close()
  })

  test('a failure is the last event, and its reason a sentence', async () => {
    const database = await aDatabase()
    await database.db.run(sql`UPDATE finia_schema SET checksum = 'another'`)
    const status = await database.inject({ url: '/api/setup/migrations/status' })
    expect([status.statusCode, status.json()]).toMatchObject([500, { detail: expect.stringContaining('integrity check failed') as string }])
    const answer = await database.inject({ method: 'POST', url: '/api/setup/migrations/apply', payload: {} })
    expect(events(answer.body)).toEqual([
      { phase: 'error', message: expect.stringContaining('Migration fehlgeschlagen: Migration 001 integrity check failed!') as string, status: 'error' },
    ])
    await database.close()
  })
})
