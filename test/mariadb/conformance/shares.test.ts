import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, form, issue, json, type Row, tell, testRows, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const success = { status: 'success' }
const said = (message: string | RegExp) => ({ status: 'error', message: typeof message === 'string' ? message : (expect.stringMatching(message) as string) })
const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string
const money = { investments: 0, proceeds: 0, net: 0, dividends: 0 }
const alpha = { id: 1, name: 'Alpha', isin: 'DE0000000001', wkn: 'AAA111', currentVolume: 2, currentPrice: 10, portfolioValue: 20, ...money }
const beta = { id: 2, name: null, isin: 'DE0000000002', wkn: null, currentVolume: 0, currentPrice: 0, portfolioValue: 0, ...money }
const of = { share: 1, share_name: 'Alpha', isin: 'DE0000000001', wkn: 'AAA111' }
const paging = { page: 1, page_size: 20 }
const refusedPages = (path: string): readonly Row[] => [
  [`${path} has no page 0`, `GET ${path}?page=0` as Row[1], undefined, 422, issue('greater_than_equal', 'query', 'page')],
  [`${path} has no pages of nothing`, `GET ${path}?page_size=0` as Row[1], undefined, 422, issue('greater_than_equal', 'query', 'page_size')],
  [`${path} has pages of 2000 rows`, `GET ${path}?page_size=2000` as Row[1], undefined, 200],
  [
    `${path} has a page beyond its end`,
    `GET ${path}?page=9007199254740991&page_size=2000` as Row[1],
    undefined,
    200,
    expect.objectContaining({ page: 9007199254740991 }),
  ],
  [`${path} orders by nothing but columns`, `GET ${path}?sort_by=(SELECT%20SLEEP(9))&sort_dir=;--` as Row[1], undefined, 200],
]

describe('shares', () => {
  testRows(
    () => database,
    [
      ['are listed with what they are worth, those without a name first', 'GET /shares/', undefined, 200, { shares: [beta, alpha], ...paging, total: 2 }],
      ['are listed downwards, those without a name last', 'GET /shares/?sort_dir=DESC', undefined, 200, { shares: [alpha, beta], ...paging, total: 2 }],
      ['are found by their ISIN', 'GET /shares/?search=de_000%251', undefined, 200, { shares: [alpha], ...paging, total: 1 }],
      ['are found by their WKN', 'GET /shares/?search=aaa', undefined, 200, { shares: [alpha], ...paging, total: 1 }],
      ['are those in stock', 'GET /shares/?filter=in_stock', undefined, 200, { shares: [alpha], ...paging, total: 1 }],
      ['are those that lack something', 'GET /shares/?filter=incomplete', undefined, 200, { shares: [beta], ...paging, total: 1 }],
      ['are all for any other filter', 'GET /shares/?filter=some', undefined, 200, { shares: [beta, alpha], ...paging, total: 2 }],
      ['are ordered by value', 'GET /shares/?sort_by=portfolioValue&sort_dir=desc', undefined, 200, { shares: [alpha, beta], ...paging, total: 2 }],
      [
        'are ordered by name when dividends are asked for',
        'GET /shares/?sort_by=dividends&sort_dir=desc',
        undefined,
        200,
        { shares: [alpha, beta], ...paging, total: 2 },
      ],
      [
        'are ordered by name when the day of import is asked for',
        'GET /shares/?sort_by=dateImport',
        undefined,
        200,
        { shares: [beta, alpha], ...paging, total: 2 },
      ],
      ...refusedPages('/shares/'),
      ['are created', 'POST /shares/', form({ isin: ' DE0000000003 ', name: 'Gamma', wkn: '' }), 200, { ...success, share_id: 3 }],
      ['are created from multipart, too', 'POST /shares/', { upload: { isin: 'DE0000000004' } }, 200, { ...success, share_id: 4 }],
      ['need an ISIN', 'POST /shares/', form({ name: 'X' }), 422, issue('missing', 'body', 'isin')],
      ['need an ISIN that is not empty', 'POST /shares/', form({ isin: '' }), 422, issue('missing', 'body', 'isin')],
      ['need an ISIN that is not blank', 'POST /shares/', form({ isin: '  ' }), 200, said('ISIN is required')],
      ['need an ISIN that is new', 'POST /shares/', form({ isin: 'de0000000001' }), 200, said('Share with this ISIN already exists')],
      ['need an ISIN that is short enough', 'POST /shares/', form({ isin: 'x'.repeat(13) }), 422, detail(/1406/)],
      ['need a WKN that is new', 'POST /shares/', form({ isin: 'X', wkn: 'aaa111' }), 409, detail(/1062/)],
      ['need a WKN that is short enough', 'POST /shares/', form({ isin: 'X', wkn: 'x'.repeat(7) }), 422, detail(/1406/)],
      ['are created by forms: JSON is an empty one', 'POST /shares/', json({ isin: 'DE0000000009' }), 422, issue('missing', 'body', 'isin')],
      ['lose what a change leaves out', 'PUT /shares/3', form({ isin: 'DE0000000003' }), 200, success],
      ['are changed, also when they do not exist', 'PUT /shares/99', form({ isin: 'DE0000000099' }), 200, success],
      ['are not changed into another', 'PUT /shares/3', form({ isin: 'DE0000000001' }), 409],
      ['are not changed without an ISIN', 'PUT /shares/3', form({ name: 'X' }), 422, issue('missing', 'body', 'isin')],
      ['stay while they have prices', 'DELETE /shares/1', undefined, 409, detail(/1451/)],
      ['go', 'DELETE /shares/3', undefined, 200, success],
      ['go again', 'DELETE /shares/3', undefined, 200, success],
    ],
  )
})

const price = { isin: 'DE0000000001', date: '2024-02-29', amount: '11.50' }
const day = { id: 1, dateImport: stamp, amount: 10, date: '2024-01-31T00:00:00', checked: 0, ...of }

describe('prices', () => {
  const path = '/shares/history'
  testRows(
    () => database,
    [
      [
        'are listed, checked as 0 or 1; a share that is asked for is ignored',
        `GET ${path}?share_id=2`,
        undefined,
        200,
        { history: [day], ...paging, total: 1 },
      ],
      ['are created', `POST ${path}`, form(price), 200, { ...success, message: 'History entry created successfully' }],
      ['are one a day', `POST ${path}`, form({ ...price, date: '2024-02-29T18:00:00' }), 200, said('History entry for this share and date already exists')],
      ['need a share that exists', `POST ${path}`, form({ ...price, isin: 'X' }), 200, said('Share with ISIN X not found')],
      ['need a day that exists', `POST ${path}`, form({ ...price, date: '2023-02-29' }), 200, said(/2023-02-29/)],
      ['need no day of zeros', `POST ${path}`, form({ ...price, date: '0000-00-00' }), 200, said(/0000-00-00/)],
      ['need an amount', `POST ${path}`, form({ isin: price.isin, date: price.date }), 422, issue('missing', 'body', 'amount')],
      ['need an amount with a point', `POST ${path}`, form({ ...price, amount: '1,5' }), 422],
      [
        'are newest first',
        `GET ${path}`,
        undefined,
        200,
        { history: [expect.objectContaining({ id: 2, amount: 11.5, date: '2024-02-29T00:00:00' }), day], ...paging, total: 2 },
      ],
      [
        'are oldest first when asked for',
        `GET ${path}?sort_dir=asc&sort_by=date`,
        undefined,
        200,
        { history: [day, expect.objectContaining({ id: 2 })], ...paging, total: 2 },
      ],
      ['are checked by themselves', `PUT ${path}/1/checked`, form({}), 200, success],
      [
        'are those unchecked',
        `GET ${path}?checked=unchecked`,
        undefined,
        200,
        { history: [expect.objectContaining({ id: 2, checked: 0 })], ...paging, total: 1 },
      ],
      ['are all for any other word', `GET ${path}?checked=checked`, undefined, 200, expect.objectContaining({ total: 2 })],
      ['are unchecked by themselves', `PUT ${path}/1/checked`, form({ checked: 'off' }), 200, success],
      ['are checked by yes or no', `PUT ${path}/1/checked`, form({ checked: 'maybe' }), 422, issue('bool_parsing', 'body', 'checked')],
      ['are found by their share', `GET ${path}?search=alph`, undefined, 200, expect.objectContaining({ total: 2 })],
      ['are changed', `PUT ${path}/2`, form({ ...price, amount: '12', checked: 'yes' }), 200, success],
      ['are changed, also when they do not exist', `PUT ${path}/99`, form({ ...price, date: '2024-03-31' }), 200, success],
      [
        'are not changed to a day that has one',
        `PUT ${path}/2`,
        form({ ...price, date: '2024-01-31' }),
        409,
        detail('History entry for this share and date already exists'),
      ],
      ['are not changed to a share that does not exist', `PUT ${path}/2`, form({ ...price, isin: 'X' }), 200, said('Share with ISIN X not found')],
      ['are not changed to no day', `PUT ${path}/2`, form({ ...price, date: 'gestern' }), 200, said(/gestern/)],
      ['go', `DELETE ${path}/2`, undefined, 200, success],
      ['go again', `DELETE ${path}/2`, undefined, 200, success],
      ...refusedPages(path),
    ],
  )

  test('auto-fill says how many it made, and how many were there', async () => {
    const [status, body] = await tell(database, `POST ${path}/auto-fill`)
    const { created, skipped } = body as { created: number; skipped: number }
    expect([status, body, skipped]).toEqual([200, { ...success, created: expect.any(Number) as number, skipped: 1 }, 1])
    expect(await tell(database, `POST ${path}/auto-fill`)).toEqual([200, { ...success, created: 0, skipped: created + 1 }])
  })
})

const trade = { isin: 'DE0000000001', dateTransaction: '2024-03-01', tradingVolume: '-0.5' }
const bought = {
  id: 1,
  dateImport: stamp,
  tradingVolume: 2,
  dateTransaction: '2024-01-15T00:00:00',
  checked: 0,
  accountingEntry: null,
  accountingEntry_amount: null,
  ...of,
}

describe('transactions of shares', () => {
  const path = '/shares/transactions'
  const stored = { ...success, message: 'Transaction created successfully' }
  testRows(
    () => database,
    [
      ['are listed, checked as 0 or 1', `GET ${path}`, undefined, 200, { transactions: [bought], ...paging, total: 1 }],
      ['are created, linked to an entry', `POST ${path}`, form({ ...trade, accountingEntryId: '1' }), 200, stored],
      ['are created once, and no word of it', `POST ${path}`, form(trade), 200, stored],
      [
        'are newest first, with the amount of their entry',
        `GET ${path}`,
        undefined,
        200,
        {
          transactions: [
            {
              ...bought,
              id: expect.any(Number) as number,
              tradingVolume: -0.5,
              dateTransaction: '2024-03-01T00:00:00',
              accountingEntry: 1,
              accountingEntry_amount: -1.5,
            },
            bought,
          ],
          ...paging,
          total: 2,
        },
      ],
      ['are ordered by volume', `GET ${path}?sort_by=tradingVolume&sort_dir=asc`, undefined, 200, expect.objectContaining({ total: 2 })],
      ['need a share that exists', `POST ${path}`, form({ ...trade, isin: 'X' }), 200, said('Share with ISIN X not found')],
      ['need a day that exists', `POST ${path}`, form({ ...trade, dateTransaction: '0000-00-00' }), 200, said(/0000-00-00/)],
      ['need an entry that exists', `POST ${path}`, form({ ...trade, tradingVolume: '9', accountingEntryId: '99' }), 200, said(/99/)],
      ['need a volume', `POST ${path}`, form({ isin: trade.isin, dateTransaction: trade.dateTransaction }), 422, issue('missing', 'body', 'tradingVolume')],
      ['need a volume that is a number', `POST ${path}`, form({ ...trade, tradingVolume: 'viel' }), 422],
      ['need a number as an entry', `POST ${path}`, form({ ...trade, accountingEntryId: 'x' }), 422, issue('int_parsing', 'body', 'accountingEntryId')],
      ['are changed, also when they do not exist', `PUT ${path}/99`, form(trade), 200, success],
      ['are not changed to a share that does not exist', `PUT ${path}/1`, form({ ...trade, isin: 'X' }), 200, said('Share with ISIN X not found')],
      ['are not changed into another', `PUT ${path}/1`, form(trade), 409],
      ['go', `DELETE ${path}/99`, undefined, 200, success],
      ...refusedPages(path),
    ],
  )
})

describe('entries to link', () => {
  const path = '/shares/accounting-entries'
  const two = {
    id: 2,
    amount: 3000,
    dateImport: stamp,
    description: 'Gehalt',
    dateValue: '2024-01-02T00:00:00',
    display: '2024-01-02 00:00:00 - Gehalt (3000.0000000000€)',
  }
  beforeAll(async () => {
    await database.db.run(sql`UPDATE tbl_accountingEntry SET category = 1 WHERE id = 2`)
  })
  testRows(
    () => database,
    [
      ['are those in the categories of the type', `GET ${path}?type=buy`, undefined, 200, { entries: [two] }],
      ['are none when nothing is set for the type', `GET ${path}?type=sell`, undefined, 200, { entries: [] }],
      ['are those of all types for any other one', `GET ${path}?type=gift`, undefined, 200, { entries: [two] }],
      ['are those within seven days', `GET ${path}?date=2024-01-09`, undefined, 200, { entries: [two] }],
      ['are not those of eight days away', `GET ${path}?date=2024-01-10`, undefined, 200, { entries: [] }],
      ['are all when the day is none', `GET ${path}?date=gestern`, undefined, 200, { entries: [two] }],
      ['are near the last day of the calendar, which is no failure', `GET ${path}?date=9999-12-31`, undefined, 200, { entries: [] }],
      ['are near the first day of the calendar, which is no failure', `GET ${path}?date=0001-01-01`, undefined, 200, { entries: [] }],
      [
        'are shown one by one, linked or not',
        `GET ${path}/1`,
        undefined,
        200,
        { entry: expect.objectContaining({ id: 1, amount: -1.5, display: '2024-01-01 08:30:00 - Brot (-1.5000000000€)' }) },
      ],
      ['are null when they do not exist', `GET ${path}/99`, undefined, 200, { entry: null }],
      ['are numbers', `GET ${path}/x`, undefined, 422, issue('int_parsing', 'path', 'entry_id')],
    ],
  )
})

describe('files of shares', () => {
  const imported = (first: number, skipped: number, errors: readonly unknown[] = []) => ({
    ...success,
    imported: first,
    skipped,
    errors,
    total_errors: errors.length,
  })
  testRows(
    () => database,
    [
      [
        'prices are read by position, in German numbers',
        'POST /shares/import/history',
        upload('was auch immer\nDE0000000002;01.02.2023;7173.91304\nAAA111;1.2.2023;1.234,5\n'),
        200,
        imported(2, 0),
      ],
      ['a day that has a price is skipped without an error', 'POST /shares/import/history', upload('a;b;c\nAAA111;01.02.2023;1\n'), 200, imported(0, 1)],
      ['an ISIN that is unknown becomes a share', 'POST /shares/import/history', upload('a;b;c\nDE0000000077;01.02.2023;1\n'), 200, imported(1, 0)],
      [
        'a WKN that is unknown is an error',
        'POST /shares/import/history',
        upload('a;b;c\nZZZ999;01.02.2023;1\n'),
        200,
        imported(0, 1, [expect.stringMatching(/^Row 2: .*ZZZ999/)]),
      ],
      [
        'a price needs all its cells',
        'POST /shares/import/history',
        upload('a;b;c\n;01.02.2023;1\nAAA111;;1\n\nAAA111;01.02.2023;\n'),
        200,
        imported(0, 3, ['Row 2: Missing required fields', 'Row 3: Missing required fields', 'Row 5: Missing required fields']),
      ],
      ['a transaction without a volume is a dividend', 'POST /shares/import/transactions', upload('a;b;c\nAAA111;01.02.2023;\n'), 200, imported(1, 0)],
      [
        'a transaction needs share and day',
        'POST /shares/import/transactions',
        upload('a;b;c\n;;1\n'),
        200,
        imported(0, 1, ['Row 2: Missing ISIN/WKN or Datum']),
      ],
      ['a transaction that is there is skipped', 'POST /shares/import/transactions', upload('a;b;c\nAAA111;01.02.2023;0\n'), 200, imported(0, 1)],
      [
        'a day that does not exist is an error',
        'POST /shares/import/transactions',
        upload('a;b;c\nAAA111;31.02.2023;1\n'),
        200,
        imported(0, 1, [expect.stringMatching(/^Row 2: /)]),
      ],
      ['a file with nothing but its first line has nothing', 'POST /shares/import/history', upload('a;b;c'), 200, imported(0, 0)],
      ['a file is needed', 'POST /shares/import/history', form({ file: 'x' }), 422],
      [
        'numbers are stored as the Germans mean them',
        'GET /shares/history?search=DE0000000002',
        undefined,
        200,
        { history: [expect.objectContaining({ amount: 717391304, date: '2023-02-01T00:00:00', checked: 0 })], ...paging, total: 1 },
      ],
    ],
  )

  test('of many errors ten are told, and all are counted', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `;;${index}\n`).join('')
    const [status, body] = await tell(database, 'POST /shares/import/transactions', upload(`a;b;c\n${lines}`))
    const { errors, ...rest } = body as { errors: readonly string[] }
    expect([status, errors.length, rest]).toEqual([200, 10, { ...success, imported: 0, skipped: 12, total_errors: 12 }])
  })
})
