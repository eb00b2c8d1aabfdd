import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from './environment.ts'
import { sendForm } from './import-form.ts'
import { addEntries, addShares, get, said, send, success } from './share-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
  await addShares(database)
  await addEntries(database, [
    ['-100.10', '2024-01-02 10:00'],
    ['60.05', '2024-02-02'],
    ['3.3', '2024-03-02'],
  ])
})
afterEach(() => database.close())

interface Trade {
  readonly id: number
}
const alpha = 'DE0000000001'
const beta = 'DE0000000002'
const fieldsWith = (changes: Record<string, string>) => ({ isin: alpha, dateTransaction: '2024-01-02', tradingVolume: '10', ...changes })
const add = (changes: Record<string, string>) => send(database, 'POST', '/transactions', fieldsWith(changes))
const change = (id: number, changes: Record<string, string>) => send(database, 'PUT', `/transactions/${id}`, fieldsWith(changes))
const list = async (query = '') => (await get<{ transactions: readonly Trade[] }>(database, `/transactions?${query}`)).body.transactions
const created = { status: 200, body: { status: 'success', message: 'Transaction created successfully' } }

test('a transaction is stored with its accounting entry, and the same one again is passed over', async () => {
  expect(await add({ accountingEntryId: '1' })).toEqual(created)
  expect(await add({ tradingVolume: '1e1' })).toEqual(created)
  expect((await sendForm(database, '/api/shares/transactions', fieldsWith({ isin: beta, tradingVolume: '-0.5', accountingEntryId: '' }))).body).toEqual(
    created.body,
  )
  const common = { dateImport: expect.any(String), dateTransaction: '2024-01-02T00:00:00', checked: 0 }
  expect(await get(database, '/transactions')).toEqual({
    status: 200,
    body: {
      transactions: [
        { id: 3, ...common, tradingVolume: -0.5, share: 2, accountingEntry: null, share_name: null, isin: beta, wkn: null, accountingEntry_amount: null },
        { id: 1, ...common, tradingVolume: 10, share: 1, accountingEntry: 1, share_name: 'Alpha', isin: alpha, wkn: 'AAA111', accountingEntry_amount: -100.1 },
      ],
      page: 1,
      page_size: 20,
      total: 2,
    },
  })
})

test.each([
  [{ isin: 'DE0000000009' }, 'Share with ISIN DE0000000009 not found'],
  [{ dateTransaction: '31.01.2024' }, "dateTransaction '31.01.2024' is not a day or time that exists; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS"],
  [{ accountingEntryId: '99' }, 'Accounting entry 99 not found'],
])('a transaction with %o is refused in the answer, new or changed', async (changes, message) => {
  await add({})
  expect(await add(changes)).toEqual(said(message))
  expect(await change(1, changes)).toEqual(said(message))
  expect(await list()).toHaveLength(1)
})

test.each([{ isin: '' }, { dateTransaction: '' }, { tradingVolume: '' }, { tradingVolume: 'x' }, { accountingEntryId: '1.5' }])(
  'a transaction with %o is refused by its field',
  async (changes) => {
    for (const answer of [await add(changes), await change(1, changes)]) {
      expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', Object.keys(changes)[0]] }] } })
    }
  },
)

test('a change replaces all of it, unlinks what is not named, and is no error for an unknown id', async () => {
  await add({ accountingEntryId: '1' })
  await add({ tradingVolume: '20' })
  expect(await change(1, { isin: beta, tradingVolume: '0', dateTransaction: '2024-03-02 08:00:01' })).toEqual(success)
  expect(await list('search=0002')).toMatchObject([{ id: 1, tradingVolume: 0, dateTransaction: '2024-03-02T08:00:01', share: 2, accountingEntry: null }])
  expect(await change(99, { tradingVolume: '7' })).toEqual(success)
  expect((await change(1, { tradingVolume: '20' })).status).toBe(409)
  expect(await list()).toHaveLength(2)
})

test.each([
  ['', [3, 2, 1]],
  ['sort_dir=asc', [1, 2, 3]],
  ['sort_by=tradingVolume', [1, 3, 2]],
  ['sort_by=share_name&sort_dir=asc', [2, 1, 3]],
  ['sort_by=isin', [2, 3, 1]],
  ['sort_by=wkn&sort_dir=asc', [2, 1, 3]],
  ['sort_by=constructor', [3, 2, 1]],
  ['search=aaa111', [3, 1]],
  ['page=2&page_size=2', [1]],
])('the list for "%s"', async (query, ids) => {
  await add({ dateTransaction: '2024-01-02' })
  await add({ dateTransaction: '2024-02-02', isin: beta, tradingVolume: '-3' })
  await add({ dateTransaction: '2024-03-02', tradingVolume: '5' })
  expect((await list(query)).map(({ id }) => id)).toEqual(ids)
})

test('a transaction is deleted, and deleting it again is no error', async () => {
  await add({})
  expect([await send(database, 'DELETE', '/transactions/1'), await send(database, 'DELETE', '/transactions/1')]).toEqual([success, success])
  expect(await list()).toEqual([])
})

const configure = (...settings: readonly (readonly [category: number | string, type: string])[]) =>
  Promise.all(
    settings.map(([category_id, type]) =>
      database.db.run(sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('share_tx_category', ${JSON.stringify({ category_id, type })})`),
    ),
  )
const linkable = async (query: string) => {
  const { body } = await get<{ entries: readonly { id: number }[] }>(database, `/accounting-entries?${query}`)
  return body.entries.map(({ id }) => id)
}

test('entries are offered by the categories of the type, near the day, newest first, until they are linked', async () => {
  expect(await linkable('')).toEqual([])
  await configure([1, 'buy'], ['2', 'sell'])
  await database.db.run(sql`UPDATE tbl_accountingEntry SET category = 2 WHERE id = 2`)
  expect([await linkable(''), await linkable('type=any'), await linkable('type=buy'), await linkable('type=sell'), await linkable('type=dividend')]).toEqual([
    [3, 2, 1],
    [3, 2, 1],
    [3, 1],
    [2],
    [],
  ])
  const near = async (date: string) => linkable(`date=${date}`)
  expect([await near('2024-01-09'), await near('2024-01-10'), await near('2023-12-26T12:00'), await near('2023-12-25'), await near('never')]).toEqual([
    [1],
    [],
    [1],
    [],
    [3, 2, 1],
  ])
  await add({ accountingEntryId: '3' })
  expect(await linkable('')).toEqual([2, 1])
})

test('not more than 100 entries are offered', async () => {
  await configure([1, 'buy'])
  await database.db.run(sql`INSERT INTO tbl_accountingEntry (dateImport, amount, transaction, category) SELECT NOW(), seq, 1, 1 FROM seq_1_to_150`)
  expect(await linkable('type=buy')).toHaveLength(100)
})

test('an entry is shown as a line to choose, linked or not; one that does not exist is null', async () => {
  await add({ accountingEntryId: '1' })
  const entry = {
    id: 1,
    amount: -100.1,
    dateImport: expect.any(String),
    description: 'Buchung 1',
    dateValue: '2024-01-02T10:00:00',
    display: '2024-01-02 10:00:00 - Buchung 1 (-100.1000000000€)',
  }
  expect(await get(database, '/accounting-entries/1')).toEqual({ status: 200, body: { entry } })
  expect(await get(database, '/accounting-entries/99')).toEqual({ status: 200, body: { entry: null } })
  expect((await get(database, '/accounting-entries/x')).status).toBe(422)
  await database.db.run(sql`UPDATE tbl_transaction SET description = '' WHERE id = 1`)
  expect((await get(database, '/accounting-entries/1')).body).toMatchObject({ entry: { display: 'ID: 1' } })
})
