import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../api/system.ts'
import { aDatabase, anApi, someSettings, type TestDatabase } from './environment.ts'
import { anAccountBody, ask } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase({ clock: { ...systemClock, now: () => new Date('2026-11-23T12:00:00Z') } })
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  await ask(database, 'POST', '/api/categories/', { name: 'Haus' })
  await ask(database, 'POST', '/api/categories/', { name: 'Miete', parent_id: 1 })
})
afterEach(() => database.close())

const url = '/api/planning'
const body = (changes: object = {}) => ({ amount: '-850.10', dateStart: '2026-11-30', account_id: 1, category_id: 2, cycle_id: 5, ...changes })
const create = (changes: object = {}) => ask<{ id: number }>(database, 'POST', `${url}/`, body(changes))
const now = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string
const stored = {
  id: 1,
  dateImport: now,
  description: null,
  amount: '-850.1000000000',
  dateStart: '2026-11-30T00:00:00',
  dateEnd: null,
  account_id: 1,
  account_name: 'Giro',
  category_id: 2,
  category_name: 'Haus - Miete',
  cycle_id: 5,
  cycle_name: 'monatlich',
}
interface Entries {
  readonly planning_id: number
  readonly entries: readonly { readonly id: number; readonly dateValue: string }[]
  readonly total: number
}
const generate = (id: number) => ask<Entries>(database, 'POST', `${url}/${id}/entries/generate`)
const entries = (id: number) => ask<Entries>(database, 'GET', `${url}/${id}/entries`)
const missing = { status: 404, body: { detail: 'Planning with ID 99 not found' } }
/** Status and body as they come: 204 has none. */
const remove = async (path: string) => {
  const { statusCode, body: text } = await database.inject({ method: 'DELETE', url: `${url}${path}` })
  return [statusCode, text]
}

test('the cycles are a bare list by id', async () => {
  const { status, body: cycles } = await ask<readonly object[]>(database, 'GET', `${url}/cycles`)
  expect([status, cycles.length, cycles[4]]).toEqual([200, 8, { id: 5, cycle: 'monatlich' }])
})

test('a planning that was created has no entries yet, and is found by its id and in the list, newest start first', async () => {
  expect(await create()).toEqual({ status: 201, body: stored })
  expect(await ask(database, 'GET', `${url}/1`)).toEqual({ status: 200, body: stored })
  expect(await entries(1)).toEqual({ status: 200, body: { planning_id: 1, entries: [], total: 0 } })
  const second = await create({ description: 'Garage', amount: 0.1, dateStart: '2027-01-01T10:00:00+05:00', dateEnd: '2027-06-30' })
  const other = { ...stored, id: 2, description: 'Garage', amount: '0.1000000000', dateStart: '2027-01-01T10:00:00', dateEnd: '2027-06-30T00:00:00' }
  expect(second).toEqual({ status: 201, body: other })
  expect((await ask(database, 'GET', `${url}/`)).body).toEqual({ plannings: [other, stored], total: 2 })
  expect((await ask(database, 'GET', `${url}/?page=2&page_size=1`)).body).toEqual({ plannings: [stored], total: 2 })
  expect((await ask(database, 'GET', `${url}/?page=9`)).body).toEqual({ plannings: [], total: 2 })
})

test('a change replaces everything but the entries, also when nothing is another', async () => {
  await create({ description: 'Miete', dateEnd: '2027-01-01' })
  const { body: before } = await generate(1)
  for (const _turn of [1, 2]) {
    expect(await ask(database, 'PUT', `${url}/1`, body({ amount: 7 }))).toEqual({ status: 200, body: { ...stored, amount: '7.0000000000' } })
  }
  expect((await entries(1)).body).toEqual(before)
})

test('generating puts in the days of the cycle, also those that were deleted or have passed', async () => {
  await create({ dateStart: '2026-10-31', dateEnd: '2027-02-28' })
  const days = ['2026-10-31', '2026-11-30', '2026-12-30', '2027-01-30', '2027-02-28']
  const answer = await generate(1)
  expect(answer).toEqual({
    status: 200,
    body: { planning_id: 1, total: 5, entries: days.map((day, index) => ({ id: index + 1, dateImport: now, dateValue: `${day}T00:00:00`, planning_id: 1 })) },
  })
  expect(await entries(1)).toEqual(answer)
  expect(await remove('/1/entries/2')).toEqual([204, ''])
  expect((await entries(1)).body.entries.map(({ id }) => id)).toEqual([1, 3, 4, 5])
  expect((await generate(1)).body.entries.map(({ dateValue }) => dateValue.slice(0, 10))).toEqual(days)
  expect((await entries(1)).body.total).toBe(5)
})

test('a daily planning ends with next year, one from long ago after 10,001 entries', async () => {
  await create({ cycle_id: 2 })
  expect((await generate(1)).body.entries.at(-1)?.dateValue).toBe('2027-12-31T00:00:00')
  await create({ cycle_id: 2, dateStart: '1950-01-01' })
  expect((await generate(2)).body.total).toBe(10_001)
  expect((await generate(2)).body.total).toBe(10_001)
})

test('plannings that are generated at the same time, each twice, do not disturb each other', async () => {
  const ids = [1, 2, 3, 4, 5, 6]
  for (const id of ids) await create({ amount: id })
  const answers = await Promise.all([...ids, ...ids].map(generate))
  expect(answers.map(({ status, body: { total } }) => [status, total])).toEqual(Array(12).fill([200, 14]))
  expect(await database.db.first(sql`SELECT COUNT(*) AS total FROM tbl_planningEntry`)).toEqual({ total: 6 * 14 })
})

test('a planning goes with its entries, but not while a booking belongs to it', async () => {
  await create()
  await generate(1)
  await database.db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), 'x', 1, '2026-01-01', 1)`)
  await database.db.run(sql`UPDATE tbl_accountingEntry SET accountingPlanned = 1`)
  expect((await remove('/1'))[0]).toBe(409)
  expect((await entries(1)).body.total).toBe(14)
  await database.db.run(sql`UPDATE tbl_accountingEntry SET accountingPlanned = NULL`)
  expect(await remove('/1')).toEqual([204, ''])
  expect(await database.db.first(sql`SELECT COUNT(*) AS total FROM tbl_planningEntry`)).toEqual({ total: 0 })
})

test('what does not exist is 404', async () => {
  await create()
  await create({ amount: 1 })
  await generate(2)
  expect(await ask(database, 'GET', `${url}/99`)).toEqual(missing)
  expect(await ask(database, 'PUT', `${url}/99`, body())).toEqual(missing)
  expect(await ask(database, 'DELETE', `${url}/99`)).toEqual(missing)
  expect(await entries(99)).toEqual(missing)
  expect(await generate(99)).toEqual(missing)
  expect(await ask(database, 'DELETE', `${url}/99/entries/1`)).toEqual(missing)
  expect(await ask(database, 'DELETE', `${url}/1/entries/1`)).toEqual({ status: 404, body: { detail: 'Planning entry with ID 1 not found for planning 1' } })
  expect((await entries(2)).body.total).toBe(14)
})

test('what is wrong is refused and changes nothing', async () => {
  await create()
  const wrong: readonly (readonly [object, number])[] = [
    [{}, 409],
    [{ account_id: 99 }, 409],
    [{ category_id: 99 }, 409],
    [{ cycle_id: 99 }, 409],
    [{ amount: 'x' }, 422],
    [{ amount: '12345678901' }, 422],
    [{ amount: null }, 422],
    [{ dateStart: '2026-02-30' }, 422],
    [{ dateEnd: '' }, 422],
    [{ account_id: null }, 422],
    [{ description: 5 }, 422],
    [{ description: 'Haus 🏠' }, 422],
  ]
  const statuses: number[] = []
  for (const [changes] of wrong) statuses.push((await create(changes)).status)
  expect(statuses).toEqual(wrong.map(([, status]) => status))
  const { id } = (await create({ amount: 1 })).body
  expect((await ask(database, 'PUT', `${url}/${id}`, body())).status).toBe(409)
  expect((await ask(database, 'PUT', `${url}/1`, { amount: 1 })).status).toBe(422)
  expect((await ask(database, 'POST', `${url}/`)).status).toBe(422)
  expect((await ask(database, 'GET', `${url}/?page_size=1001`)).status).toBe(422)
  expect((await ask(database, 'GET', `${url}/x`)).status).toBe(422)
  expect((await ask<{ total: number }>(database, 'GET', `${url}/`)).body.total).toBe(2)
})

test('next year is that of the instance, not of Greenwich', async () => {
  await create({ cycle_id: 2, dateStart: '2027-01-01' })
  const inJakarta = await anApi({
    settings: someSettings({ api: { time_zone: 'Asia/Jakarta' } }),
    clock: { ...systemClock, now: () => new Date('2026-12-31T18:00:00Z') },
  })
  const { username, password } = database
  const login = await inJakarta.app.inject({ method: 'POST', url: '/api/auth/login', payload: { username, password } })
  const headers = { authorization: `Bearer ${login.json<{ token: string }>().token}` }
  const answer = await inJakarta.app.inject({ method: 'POST', url: `${url}/1/entries/generate`, headers })
  await inJakarta.close()
  expect(answer.json<Entries>().entries.at(-1)?.dateValue).toBe('2028-12-31T00:00:00')
})

test('a planning whose start is a zero date says what to change', async () => {
  await create()
  await database.db.pinned(async (db) => {
    await db.run(sql`SET SESSION sql_mode = ''`)
    await db.run(sql`UPDATE tbl_planning SET dateStart = '0000-00-00'`)
  })
  expect(await generate(1)).toEqual({ status: 409, body: { detail: 'Planning 1 has no start date that exists; set dateStart and generate again.' } })
})
