import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { form, issue, pageRows, said, stamp, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const success = { status: 'success' }
const of = { share: 1, share_name: 'Alpha', isin: 'DE0000000001', wkn: 'AAA111' }
const paging = { page: 1, page_size: 20 }

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
      ...pageRows(path),
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
