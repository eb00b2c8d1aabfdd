import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../api/system.ts'
import { aDatabase, someSettings, type TestDatabase } from './environment.ts'
import { sendForm } from './import-form.ts'
import { addShares, get, said, send, success } from './share-form.ts'

let database: TestDatabase
let now = new Date()
beforeEach(async () => {
  now = new Date()
  database = await aDatabase({ settings: someSettings({ api: { time_zone: 'Pacific/Auckland' } }), clock: { ...systemClock, now: () => now } })
  await addShares(database)
})
afterEach(() => database.close())

interface Price {
  readonly id: number
  readonly amount: number
  readonly date: string
  readonly checked: number
}
const alpha = 'DE0000000001'
const beta = 'DE0000000002'
const add = (isin: string, date: string, amount: string) => send(database, 'POST', '/history', { isin, date, amount })
const list = async (query = '') => (await get<{ history: readonly Price[]; total: number }>(database, `/history?${query}`)).body.history
const taken = 'History entry for this share and date already exists'
const created = { status: 200, body: { status: 'success', message: 'History entry created successfully' } }

test('a price is stored with its share, unchecked, one for each share and day', async () => {
  expect(await add(alpha, '2024-01-31', '12.5')).toEqual(created)
  expect(await add(alpha, '2024-01-31T12:30:00', '13')).toEqual(said(taken))
  expect((await sendForm(database, '/api/shares/history', { isin: beta, date: '2024-01-31', amount: '0.0000000001' })).body).toEqual(created.body)
  expect(await get(database, '/history')).toEqual({
    status: 200,
    body: {
      history: [
        { id: 2, dateImport: expect.any(String), amount: 1e-10, date: '2024-01-31T00:00:00', checked: 0, share: 2, share_name: null, isin: beta, wkn: null },
        {
          id: 1,
          dateImport: expect.any(String),
          amount: 12.5,
          date: '2024-01-31T00:00:00',
          checked: 0,
          share: 1,
          share_name: 'Alpha',
          isin: alpha,
          wkn: 'AAA111',
        },
      ],
      page: 1,
      page_size: 20,
      total: 2,
    },
  })
})

test('of many at once for the same day, at whatever hour, one is stored', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, (_, hour) => add(alpha, `2024-01-31 0${hour}:00`, '1')))
  expect(answers.filter(({ body }) => body.status === 'success')).toHaveLength(1)
  expect(await list()).toHaveLength(1)
})

test.each([
  [{ isin: 'DE0000000009' }, said('Share with ISIN DE0000000009 not found')],
  [{ isin: '😀' }, said('Share with ISIN 😀 not found')],
  [{ date: '2024-02-30' }, said("date '2024-02-30' is not a day or time that exists; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS")],
  [{ date: '20240101' }, said("date '20240101' is not a day or time that exists; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS")],
])('a price with %o is refused in the answer, new or changed', async (changes, answer) => {
  const fields = { isin: alpha, date: '2024-01-31', amount: '1', ...changes }
  expect(await send(database, 'POST', '/history', fields)).toEqual(answer)
  expect(await send(database, 'PUT', '/history/1', fields)).toEqual(answer)
  expect(await list()).toEqual([])
})

test.each([{ isin: '' }, { date: '' }, { amount: '' }, { amount: '1,5' }, { amount: 'NaN' }, { amount: '12345678901' }])(
  'a price with %o is refused by its field',
  async (changes) => {
    const fields = { isin: alpha, date: '2024-01-31', amount: '1', ...changes }
    for (const answer of [await send(database, 'POST', '/history', fields), await send(database, 'PUT', '/history/1', fields)]) {
      expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', Object.keys(changes)[0]] }] } })
    }
  },
)

test.each([
  ['', [3, 2, 1]],
  ['sort_dir=asc', [1, 2, 3]],
  ['sort_by=amount', [1, 3, 2]],
  ['sort_by=share_name&sort_dir=asc', [2, 1, 3]],
  ['sort_by=isin&sort_dir=asc', [1, 3, 2]],
  ['sort_by=wkn', [3, 1, 2]],
  ['sort_by=toString', [3, 2, 1]],
  ['search=alpha', [3, 1]],
  ['search=0002', [2]],
  ['checked=unchecked', [3, 1]],
  ['checked=checked', [3, 2, 1]],
  ['share_id=2', [3, 2, 1]],
  ['page=2&page_size=2', [1]],
])('the list for "%s"', async (query, ids) => {
  await add(alpha, '2024-01-31', '9')
  await add(beta, '2024-02-29', '3')
  await add(alpha, '2024-03-31', '5')
  await send(database, 'PUT', '/history/2/checked')
  expect((await list(query)).map(({ id }) => id)).toEqual(ids)
})

test('a change replaces all of it; a day that has a price is a conflict; an unknown id is no error', async () => {
  await add(alpha, '2024-01-31', '1')
  await add(alpha, '2024-02-29', '2')
  expect(await send(database, 'PUT', '/history/1', { isin: beta, date: '2024-02-29T10:00', amount: '3.5', checked: 'on' })).toEqual(success)
  expect(await list('search=0002')).toMatchObject([{ id: 1, amount: 3.5, date: '2024-02-29T10:00:00', checked: 1, share: 2 }])
  expect(await send(database, 'PUT', '/history/1', { isin: alpha, date: '2024-02-29', amount: '4' })).toEqual({ status: 409, body: { detail: taken } })
  expect(await send(database, 'PUT', '/history/2', { isin: alpha, date: '2024-02-29', amount: '4' })).toEqual(success)
  expect(await send(database, 'PUT', '/history/99', { isin: alpha, date: '2024-02-29', amount: '4' })).toEqual(success)
  expect(await list('sort_dir=asc')).toMatchObject([{ id: 2, amount: 4, checked: 0 }, { id: 1 }])
})

test('checked is set, or taken back, by itself', async () => {
  await add(alpha, '2024-01-31', '1')
  const marks = []
  for (const fields of [undefined, { checked: 'false' }, { checked: '1' }, {}]) {
    expect(await send(database, 'PUT', '/history/1/checked', fields)).toEqual(success)
    marks.push((await list())[0]?.checked)
  }
  expect(marks).toEqual([1, 0, 1, 1])
  expect(await send(database, 'PUT', '/history/99/checked')).toEqual(success)
  expect((await send(database, 'PUT', '/history/1/checked', { checked: 'maybe' })).status).toBe(422)
})

test('a price is deleted, and deleting it again is no error', async () => {
  await add(alpha, '2024-01-31', '1')
  expect([await send(database, 'DELETE', '/history/1'), await send(database, 'DELETE', '/history/1')]).toEqual([success, success])
  expect(await list()).toEqual([])
  expect((await send(database, 'DELETE', '/history/x')).status).toBe(422)
})

test('auto-fill adds a price of 0 at each end of a completed month on which a share was held and has none', async () => {
  // The 30th of June in Auckland, the last day of a month that is not over; an hour later July begins there, and in UTC it is noon.
  now = new Date('2024-06-30T11:30:00Z')
  await database.db.run(sql`
    INSERT INTO tbl_shareTransaction (dateImport, tradingVolume, dateTransaction, share) VALUES
      (NOW(), 0.1, '2023-12-31 23:00:00', 1), (NOW(), 0.2, '2024-01-05', 1), (NOW(), -0.3, '2024-03-31', 1), (NOW(), 1, '2024-05-02', 1),
      (NOW(), 0, '2024-01-01', 2)`)
  await add(alpha, '2024-01-31T08:00', '7')
  const fill = () => send(database, 'POST', '/history/auto-fill')
  expect(await fill()).toEqual({ status: 200, body: { status: 'success', created: 3, skipped: 1 } })
  expect((await list('sort_dir=asc')).map(({ date, amount, checked }) => [date, amount, checked])).toEqual([
    ['2023-12-31T00:00:00', 0, 0],
    ['2024-01-31T08:00:00', 7, 0],
    ['2024-02-29T00:00:00', 0, 0],
    ['2024-05-31T00:00:00', 0, 0],
  ])
  expect(await fill()).toEqual({ status: 200, body: { status: 'success', created: 0, skipped: 4 } })
})

test('auto-fill by many at once fills each day once; a zero date that another program stored is in no month', async () => {
  now = new Date('2024-05-31T12:00:00Z')
  await database.db.pinned(async (db) => {
    await db.run(sql`SET SESSION sql_mode = ''`)
    await db.run(
      sql`INSERT INTO tbl_shareTransaction (dateImport, tradingVolume, dateTransaction, share) VALUES (NOW(), 5, 'x', 2), (NOW(), 5, '2024-01-01', 1)`,
    )
  })
  const answers = await Promise.all(Array.from({ length: 4 }, () => send<{ created: number; skipped: number }>(database, 'POST', '/history/auto-fill')))
  expect(answers.map(({ body }) => body.created).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 5])
})
