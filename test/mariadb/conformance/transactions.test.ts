import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { bread, detail, issue, type Row, tell, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const page = (ids: readonly number[], rest: object = {}) => ({
  transactions: ids.map((id) => expect.objectContaining({ id }) as object),
  total: ids.length,
  page: 1,
  page_size: 20,
  ...rest,
})
const list = (says: string, query: string, ids: readonly number[], rest?: object): Row => [says, `GET /transactions/?${query}`, undefined, 200, page(ids, rest)]
const refused = (query: string, type: string): Row => [
  `the query ${query} is refused`,
  `GET /transactions/?${query}`,
  undefined,
  422,
  issue(type, 'query', query.split('=')[0] ?? ''),
]

describe('the list', () => {
  testRows(
    () => database,
    [
      ['a transaction has exactly the documented fields, amounts as texts with ten decimals', 'GET /transactions/1', undefined, 200, bread],
      list('without parameters it has 20 rows a page, newest first', '', [3, 2, 1]),
      list('parameters that nobody knows are ignored', 'colour=red&page=1', [3, 2, 1]),
      list('a number may be sent as 1.0', 'page=1.0&page_size=20.0', [3, 2, 1]),
      list('a page beyond the end is empty, its total is not', 'page=4', [], { total: 3, page: 4 }),
      list('a thousand rows a page are the most', 'page_size=1000', [3, 2, 1], { page_size: 1000 }),
      refused('page_size=1001', 'less_than_equal'),
      refused('page_size=0', 'greater_than_equal'),
      refused('page=-1', 'greater_than_equal'),
      refused('page=1.5', 'int_parsing'),
      refused('page=', 'int_parsing'),
      refused('account_id=Giro', 'int_parsing'),
      refused('page=9223372036854775808', 'int_parsing_size'),
      list('of a parameter that is sent twice the last one counts', 'page=x&page=1', [3, 2, 1]),
      list('account 0 is every account', 'account_id=0', [3, 2, 1]),
      list('an unknown account has none', 'account_id=77', []),
      list('an account that no number can be has none', 'account_id=-1', []),
      list('the search finds an account by its name', 'search=HAUS', [3]),
      list('the search finds a category by its plain name', 'search=geb%C3%A4ck', [1]),
      list('the search does not know full names', 'search=Essen%20-%20Geb%C3%A4ck', []),
      list('a percent sign in the search stands for anything', 'search=B%25t', [1]),
      list('an underline in the search stands for one letter', 'search=Br_t', [1]),
      list('a backslash in the search takes nothing down', 'search=%5C', []),
      list('a zero byte in the search finds nothing', 'search=%00', []),
      list('a search without text is none', 'search=', [3, 2, 1]),
      list('a filter that nobody knows is none', 'filter=all', [3, 2, 1]),
      list('a day as the end means its midnight', 'date_from=2024-01-01&date_to=2024-01-01', []),
      list('a moment as the end is included', 'date_to=2024-01-01T08:30:00', [1]),
      list('a moment as the beginning is included', 'date_from=2024-01-03', [3]),
      list('the last day of the calendar can be the end', 'date_to=9999-12-31', [3, 2, 1]),
      ['a date of zeros is refused', 'GET /transactions/?date_from=0000-00-00', undefined, 422, issue('datetime_from_date_parsing', 'query', 'date_from')],
      list('an order that nobody knows is by date, and is no SQL', 'sort_by=amount;DROP%20TABLE%20tbl_account&sort_dir=asc', [3, 2, 1]),
      list('a direction that nobody knows is downwards', 'sort_by=amount&sort_dir=sideways', [2, 1, 3]),
      list('the direction may be written in any case', 'sort_by=amount&sort_dir=Asc', [3, 1, 2]),
      ['one that does not exist is 404', 'GET /transactions/4', undefined, 404, detail('Transaction with ID 4 not found')],
      ['an id that is no number is 422', 'GET /transactions/four', undefined, 422, issue('int_parsing', 'path', 'transaction_id')],
    ],
  )
})

test('zero dates and amounts too small to see are read as null and as plain numbers', async () => {
  await database.db.pinned(async (db) => {
    await db.run(sql`SET SESSION sql_mode = ''`)
    await db.run(
      sql`INSERT INTO tbl_transaction (id, dateImport, description, amount, dateValue, account) VALUES (50, '0000-00-00', 'Nichts', 0.0000000001, '0000-00-00', 1), (51, NOW(), 'Null', 0, '9999-12-31 23:59:59', 1)`,
    )
  })
  expect((await tell(database, 'GET /transactions/50'))[1]).toMatchObject({ dateImport: null, dateValue: null, amount: '0.0000000001' })
  expect((await tell(database, 'GET /transactions/51'))[1]).toMatchObject({ dateValue: '9999-12-31T23:59:59', amount: '0.0000000000' })
  const [status, body] = await tell(database, 'GET /transactions/?page_size=1')
  expect([status, (body as { transactions: readonly { id: number }[] }).transactions[0]?.id]).toEqual([200, 51])
})
