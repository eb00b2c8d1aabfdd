import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from './environment.ts'
import { ask, sendForm } from './import-form.ts'
import { addEntries, addShares, get, said, send, success } from './share-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
  await addShares(database)
})
afterEach(() => database.close())

interface Share {
  readonly id: number
  readonly name: string | null
  readonly isin: string
  readonly wkn: string | null
  readonly currentVolume: number
}
const list = async (query = '') => (await get<{ shares: readonly Share[] }>(database, `/?${query}`)).body.shares
const names = async (query: string) => (await list(query)).map(({ id }) => id)
const nothing = { currentVolume: 0, currentPrice: 0, portfolioValue: 0, investments: 0, proceeds: 0, net: 0, dividends: 0 }

test('a share without any transaction is worth nothing; one without a name comes first', async () => {
  expect(await get(database, '/')).toEqual({
    status: 200,
    body: {
      shares: [
        { id: 2, name: null, isin: 'DE0000000002', wkn: null, ...nothing },
        { id: 1, name: 'Alpha', isin: 'DE0000000001', wkn: 'AAA111', ...nothing },
      ],
      page: 1,
      page_size: 20,
      total: 2,
    },
  })
})

const someTrades = async () => {
  await addEntries(database, [
    ['-100.10', '2024-01-02'],
    ['60.05', '2024-02-02'],
    ['3.3', '2024-03-02'],
  ])
  await database.db.run(sql`
    INSERT INTO tbl_shareTransaction (dateImport, tradingVolume, dateTransaction, share, accountingEntry) VALUES
      (NOW(), 10, '2024-01-02', 1, 1), (NOW(), -4.1, '2024-02-02', 1, 2), (NOW(), 0, '2024-03-02', 1, 3), (NOW(), 0.1, '2099-01-01', 1, NULL)`)
  await database.db.run(sql`
    INSERT INTO tbl_shareHistory (dateImport, amount, date, checked, share) VALUES
      (NOW(), 12.5, '2024-01-31', 1, 1), (NOW(), 20, '2024-02-29', 0, 1), (NOW(), 5, '2024-02-01', 1, 2)`)
}

test('volume counts the future too, the price is the newest one, and money counts by what was linked', async () => {
  await someTrades()
  expect((await list('search=alpha'))[0]).toMatchObject({
    currentVolume: 6,
    currentPrice: 20,
    portfolioValue: 120,
    investments: 100.1,
    proceeds: 60.05,
    dividends: 3.3,
    net: -36.75,
  })
})

test.each([
  ['', [2, 1]],
  ['sort_by=name&sort_dir=desc', [1, 2]],
  ['sort_by=isin', [1, 2]],
  ['sort_by=isin&sort_dir=desc', [2, 1]],
  ['sort_by=wkn', [2, 1]],
  ['sort_by=currentVolume&sort_dir=desc', [1, 2]],
  ['sort_by=currentPrice', [2, 1]],
  ['sort_by=portfolioValue&sort_dir=DESC', [1, 2]],
  ['sort_by=investments&sort_dir=desc', [1, 2]],
  ['sort_by=proceeds', [2, 1]],
  ['sort_by=net', [1, 2]],
  ['sort_by=dividends&sort_dir=desc', [1, 2]],
  ['sort_by=dateImport', [2, 1]],
  ['sort_by=constructor', [2, 1]],
  ['filter=in_stock', [1]],
  ['filter=incomplete', [2]],
  ['filter=toString', [2, 1]],
  ['search=aaa', [1]],
  ['search=0002', [2]],
  ['search=%F0%9F%98%80', []],
  ["search=' OR 1=1 -- ", []],
  ['page_size=1&page=2', [1]],
  ['page_size=2000', [2, 1]],
  ['page=9007199254740991&page_size=10000', []],
])('the list for "%s"', async (query, ids) => {
  await someTrades()
  expect(await names(query)).toEqual(ids)
})

test('the total counts what the search and the filter leave', async () => {
  expect((await get(database, '/?filter=incomplete&search=DE&page=5')).body).toEqual({ shares: [], page: 5, page_size: 20, total: 1 })
})

test.each(['page=0', 'page=-1', 'page_size=0', 'page_size=10001', 'page=x'])(
  'the query "%s" is refused by its field, in each of the three lists',
  async (query) => {
    for (const path of ['/', '/history', '/transactions']) {
      const { status, body } = await get<{ detail: readonly { loc: readonly string[] }[] }>(database, `${path}?${query}`)
      expect([status, body.detail[0]?.loc]).toEqual([422, ['query', query.split('=')[0]]])
    }
  },
)

test('a share is created by either kind of form', async () => {
  expect(await send(database, 'POST', '/', { isin: ' DE0000000003 ', name: 'Gamma', wkn: '' })).toEqual({
    status: 200,
    body: { status: 'success', share_id: 3 },
  })
  expect((await sendForm(database, '/api/shares/', { isin: 'DE0000000004', wkn: 'DDD444' })).body).toEqual({ status: 'success', share_id: 4 })
  expect((await list('sort_by=isin')).slice(2)).toMatchObject([
    { isin: 'DE0000000003', name: 'Gamma', wkn: null },
    { isin: 'DE0000000004', name: null, wkn: 'DDD444' },
  ])
})

test('what is wrong with a new share is said in the answer when it is about the ISIN, else by the status', async () => {
  const create = (fields: Record<string, string>) => send(database, 'POST', '/', fields)
  expect(await create({ isin: '  ' })).toEqual(said('ISIN is required'))
  expect(await create({ isin: 'de0000000001', wkn: 'BBB222' })).toEqual(said('Share with this ISIN already exists'))
  expect((await create({ isin: 'DE0000000003', wkn: 'aaa111' })).status).toBe(409)
  expect((await create({ isin: 'DE00000000033' })).status).toBe(422)
  expect((await create({ isin: 'DE0000000003', wkn: 'BBB2222' })).status).toBe(422)
  expect((await create({ isin: '😀' })).status).toBe(422)
  const missing = { status: 422, body: { detail: [{ type: 'missing', loc: ['body', 'isin'], msg: 'Field required', input: expect.anything() }] } }
  expect(await create({ isin: '' })).toEqual(missing)
  expect(await ask(database, 'POST', '/api/shares/', { isin: 'DE0000000003' })).toEqual(missing)
  expect(await names('')).toHaveLength(2)
})

test('many who create the same share at once get one', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(database, 'POST', '/', { isin: 'DE0000000003' })))
  expect(answers.map(({ body }) => body.status).toSorted()).toEqual(['error', 'error', 'error', 'error', 'success'])
})

test('a change replaces name and WKN also when they are not sent; an unknown share is changed without complaint', async () => {
  expect(await send(database, 'PUT', '/1', { isin: 'DE0000000009' })).toEqual(success)
  expect(await send(database, 'PUT', '/99', { isin: 'DE0000000099' })).toEqual(success)
  expect(await list('sort_by=isin&sort_dir=desc')).toMatchObject([{ id: 1, isin: 'DE0000000009', name: null, wkn: null }, { id: 2 }])
  expect(await send(database, 'PUT', '/1', { isin: ' ' })).toEqual(said('ISIN is required'))
  expect((await send(database, 'PUT', '/1', {})).status).toBe(422)
  expect((await send(database, 'PUT', '/1', { isin: 'DE0000000002' })).status).toBe(409)
  expect((await send(database, 'PUT', '/x', { isin: 'DE0000000002' })).status).toBe(422)
})

test('a share goes unless it has prices or transactions; an unknown one is gone already', async () => {
  await someTrades()
  expect([(await send(database, 'DELETE', '/1')).status, (await send(database, 'DELETE', '/2')).status]).toEqual([409, 409])
  await database.db.run(sql`DELETE FROM tbl_shareHistory WHERE share = 2`)
  expect([await send(database, 'DELETE', '/2'), await send(database, 'DELETE', '/2')]).toEqual([success, success])
  expect(await names('')).toEqual([1])
})
