import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from './environment.ts'
import { anAccountBody, ask, sendForm } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
})
afterEach(() => database.close())

const api = '/api/settings'
const get = async (path: string) => (await ask(database, 'GET', `${api}${path}`)).body
const post = (path: string, payload?: object) => ask(database, 'POST', `${api}${path}`, payload)
const put = (path: string, payload?: object) => ask(database, 'PUT', `${api}${path}`, payload)
const remove = (path: string, payload?: object) => ask(database, 'DELETE', `${api}${path}`, payload)
const refused = (detail: string) => ({ status: 400, body: { detail } })
const success = { status: 200, body: { status: 'success' } }
const now = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string

test('a category of share bookings is stored as often as it is sent, and goes with all its copies', async () => {
  const path = '/shares-tx-categories'
  expect(await get(path)).toEqual({ categories: [] })
  expect(await post(path, { category_id: 12, type: 'buy' })).toEqual({ status: 200, body: { status: 'success', category_id: 12, type: 'buy' } })
  expect(await post(path, { category_id: '12', type: 'buy' })).toEqual({ status: 200, body: { status: 'success', category_id: '12', type: 'buy' } })
  await post(path, { category_id: 12, type: 'dividend' })
  const [buy, dividend] = ['buy', 'dividend'].map((type) => ({ category_id: 12, type }))
  expect(await get(path)).toEqual({ categories: [buy, buy, dividend] })
  expect(await remove(path, { category_id: '12', type: 'buy' })).toEqual(success)
  expect(await get(path)).toEqual({ categories: [dividend] })
  expect(await remove(path, { category_id: 12, type: 'buy' })).toEqual({ status: 404, body: { detail: 'Setting not found' } })
})

test('categories of share bookings are written as FiniA finds them again, and those of others are read however they are written', async () => {
  const path = '/shares-tx-categories'
  await post(path, { category_id: 1, type: 'sell' })
  const values = await database.db.all(sql`SELECT value FROM tbl_setting`)
  expect(values).toEqual([{ value: '{"category_id": 1, "type": "sell"}' }])
  for (const value of ['{"type":"sell","category_id":"1"}', '{"category_id": 2}', '[]'])
    await database.db.run(sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('share_tx_category', ${value})`)
  await database.db.run(sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('import_format', '{"category_id": 1, "type": "sell"}')`)
  const sell = { category_id: 1, type: 'sell' }
  expect(await get(path)).toEqual({ categories: [sell, sell] })
  expect(await remove(path, sell)).toEqual(success)
  expect(await get(path)).toEqual({ categories: [] })
  expect(await database.db.first(sql`SELECT COUNT(*) AS others FROM tbl_setting`)).toEqual({ others: 3 })
})

test('a category of share bookings that lacks something is refused, stored or removed', async () => {
  for (const send of [post, remove]) {
    const path = '/shares-tx-categories'
    for (const body of [
      {},
      { category_id: 1 },
      { type: 'buy' },
      { category_id: 0, type: 'buy' },
      { category_id: '', type: 'buy' },
      { category_id: null, type: 'x' },
    ])
      expect(await send(path, body)).toEqual(refused('category_id and type required'))
    for (const type of ['BUY', 'other', 5]) expect(await send(path, { category_id: 1, type })).toEqual(refused('type must be buy, sell, or dividend'))
    for (const category_id of ['x', 1.5, true, [1], '1; DROP'])
      expect(await send(path, { category_id, type: 'buy' })).toEqual(refused('category_id must be a whole number: the id of a category'))
    expect((await send(path)).status).toBe(422)
    expect((await send(path, [])).status).toBe(422)
  }
})

test('an account type is created, changed, also into itself, and deleted', async () => {
  const path = '/account-types'
  expect(await get(path)).toMatchObject({ account_types: [{ id: 1, type: 'Girokonto', dateImport: now }, {}, {}, {}, { id: 5 }] })
  expect(await post(path, { type: ' Bausparen ' })).toEqual({ status: 200, body: { status: 'success', id: 6, type: 'Bausparen' } })
  for (const _turn of [1, 2])
    expect(await put(`${path}/6`, { type: 'Tagesgeld ' })).toEqual({ status: 200, body: { status: 'success', id: 6, type: 'Tagesgeld' } })
  expect(await get(path)).toMatchObject({ account_types: [{}, {}, {}, {}, {}, { id: 6, type: 'Tagesgeld', dateImport: now }] })
  expect(await remove(`${path}/6`)).toEqual(success)
  const missing = { status: 404, body: { detail: 'Account type with ID 6 not found' } }
  expect([await remove(`${path}/6`), await put(`${path}/6`, { type: 'x' })]).toEqual([missing, missing])
})

test('an account type is refused when it is empty, taken or in use', async () => {
  const path = '/account-types'
  for (const body of [{}, { type: '' }, { type: ' ' }, { type: null }, { type: 5 }])
    for (const answer of [await post(path, body), await put(`${path}/1`, body)])
      expect(answer).toEqual(refused("'type' field is required and must be a non-empty string"))
  const taken = { status: 409, body: { detail: "Account type 'GIROKÖNTO' already exists" } }
  expect([await post(path, { type: 'GIROKÖNTO' }), await put(`${path}/2`, { type: 'GIROKÖNTO' })]).toEqual([taken, taken])
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  expect(await remove(`${path}/1`)).toEqual({ status: 409, body: { detail: 'Cannot delete account type: still in use by existing accounts' } })
  expect((await post(path, { type: 'x'.repeat(129) })).status).toBe(422)
  expect((await post(path, { type: '🏠' })).status).toBe(422)
  expect((await post(path)).status).toBe(422)
  expect((await post(path, [])).status).toBe(422)
})

test('a planning cycle is created, changed, also into itself, and deleted; its period is answered as it was sent', async () => {
  const path = '/planning-cycles'
  expect(await get(path)).toMatchObject({
    planning_cycles: [{ id: 1, cycle: 'einmalig', periodValue: 0, periodUnit: 'd', dateImport: now }, ...Array(7).fill({})],
  })
  const created = { id: 9, cycle: 'zweimonatlich', periodValue: '2.005', periodUnit: 'm' }
  expect(await post(path, { cycle: ' zweimonatlich', periodValue: '2.005', periodUnit: 'm' })).toEqual({ status: 200, body: { status: 'success', ...created } })
  expect(await database.db.first(sql`SELECT periodValue FROM tbl_planningCycle WHERE id = 9`)).toEqual({ periodValue: '2.01' })
  const changed = { id: 9, cycle: 'rückwärts', periodValue: -1.5, periodUnit: 'y' }
  for (const _turn of [1, 2]) expect(await put(`${path}/9`, { ...changed, id: 1 })).toEqual({ status: 200, body: { status: 'success', ...changed } })
  expect(await get(path)).toMatchObject({ planning_cycles: [...Array(8).fill({}), { ...changed, dateImport: now }] })
  expect(await remove(`${path}/9`)).toEqual(success)
  const missing = { status: 404, body: { detail: 'Planning cycle with ID 9 not found' } }
  expect([await remove(`${path}/9`), await put(`${path}/9`, changed)]).toEqual([missing, missing])
})

test('of a planning cycle the first mistake is told; it is refused when its name is taken, and stays while plannings use it', async () => {
  const path = '/planning-cycles'
  const wrong: readonly (readonly [object, string])[] = [
    [{}, "'cycle' field is required and must be a non-empty string"],
    [{ cycle: ' ' }, "'cycle' field is required and must be a non-empty string"],
    [{ cycle: 'x', periodUnit: 'w' }, "'periodValue' field is required"],
    [{ cycle: 'x', periodValue: 'a' }, "'periodUnit' must be one of: d, m, y"],
    [{ cycle: 'x', periodValue: 'a', periodUnit: 'D' }, "'periodUnit' must be one of: d, m, y"],
    [{ cycle: 'x', periodValue: 'a', periodUnit: 'd' }, "'periodValue' must be a number"],
    [{ cycle: 'x', periodValue: {}, periodUnit: 'd' }, "'periodValue' must be a number"],
    [{ cycle: 'x', periodValue: 123456789, periodUnit: 'd' }, "'periodValue' must be a number with at most 8 digits before the point"],
    [{ cycle: 'x', periodValue: '12345678901', periodUnit: 'd' }, "'periodValue' must be a number with at most 8 digits before the point"],
  ]
  for (const [body, sentence] of wrong) expect([await post(path, body), await put(`${path}/1`, body)]).toEqual([refused(sentence), refused(sentence)])
  const taken = { status: 409, body: { detail: "Planning cycle 'MONATLICH' already exists" } }
  const monthly = { cycle: 'MONATLICH', periodValue: 1, periodUnit: 'm' }
  expect([await post(path, monthly), await put(`${path}/1`, monthly)]).toEqual([taken, taken])
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  await ask(database, 'POST', '/api/categories/', { name: 'Haus' })
  await ask(database, 'POST', '/api/planning/', { amount: 1, dateStart: '2026-01-01', account_id: 1, category_id: 1, cycle_id: 5 })
  expect(await remove(`${path}/5`)).toEqual({ status: 409, body: { detail: 'Cannot delete planning cycle: still in use by existing planning entries' } })
  expect((await post(path)).status).toBe(422)
  expect((await put(`${path}/x`, monthly)).status).toBe(422)
})

test('a YAML file adds the planning cycles whose names are new, once', async () => {
  const path = '/planning-cycles'
  const upload = (text: string) => sendForm(database, `${api}${path}/import-yaml`, { file: new Blob([text]) })
  const file =
    'planningCycle:\n- { cycle: Monatlich, periodValue: 7, periodUnit: y }\n- cycle: zweimonatlich\n  periodValue: 2\n- { cycle: Zweimonatlich }\n- cycle: x\n'
  for (const _turn of [1, 2]) {
    expect(await upload(file)).toEqual({ status: 200, body: { status: 'success', message: 'Planning cycles YAML file successfully imported.' } })
    expect(await database.db.all(sql`SELECT cycle, periodValue, periodUnit FROM tbl_planningCycle WHERE id IN (5) OR id > 8 ORDER BY id`)).toEqual([
      { cycle: 'monatlich', periodValue: '1.00', periodUnit: 'm' },
      { cycle: 'zweimonatlich', periodValue: '2.00', periodUnit: 'm' },
      { cycle: 'x', periodValue: '1.00', periodUnit: 'm' },
    ])
  }
  expect((await upload('planningCycle: []')).status).toBe(200)
  expect(await upload('x: 1')).toEqual(refused("YAML file does not contain a 'planningCycle' section."))
  expect(await upload('planningCycle: { a: 1 }')).toEqual(refused("'planningCycle' must be a list."))
  expect(await upload('planningCycle: [{ cycle: a, periodUnit: w }]')).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('is "w"') as string },
  })
  expect(await upload('planningCycle: [')).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^Invalid YAML file: /) as string } })
  expect((await upload('planningCycle: [{ cycle: y }, { cycle: z, periodValue: 123456789 }]')).status).toBe(422)
  expect((await sendForm(database, `${api}${path}/import-yaml`, {})).status).toBe(422)
  expect(await database.db.first(sql`SELECT COUNT(*) AS total FROM tbl_planningCycle`)).toEqual({ total: 10 })
})
