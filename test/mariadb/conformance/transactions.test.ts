import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, type Row, tell, testRows, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string
const bread = {
  id: 1,
  dateImport: stamp,
  dateValue: '2024-01-01T08:30:00',
  description: 'Brot',
  amount: '-1.5000000000',
  iban: 'DE77',
  bic: null,
  recipientApplicant: null,
  account_id: 1,
  account_name: 'Giro',
  account_iban: 'DE1',
  entries: [{ id: 1, dateImport: stamp, checked: false, amount: '-1.5000000000', accountingPlanned: null, category: 2, category_name: 'Essen - Gebäck' }],
}
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

const entry = { dateImport: '2024-01-01', amount: '-1.5' }
const put = (body: unknown) => tell(database, 'PUT /transactions/1/entries', json(body))

describe('the entries', () => {
  testRows(
    () => database,
    [
      ['each needs its date', 'PUT /transactions/1/entries', json({ entries: [{ amount: 1 }] }), 422, issue('missing', 'body', 'entries', 0, 'dateImport')],
      [
        'each needs its amount',
        'PUT /transactions/1/entries',
        json({ entries: [entry, { dateImport: '2024-01-01' }] }),
        422,
        issue('missing', 'body', 'entries', 1, 'amount'),
      ],
      [
        'an amount with a comma is none',
        'PUT /transactions/1/entries',
        json({ entries: [{ ...entry, amount: '1,5' }] }),
        422,
        issue('decimal_parsing', 'body', 'entries', 0, 'amount'),
      ],
      [
        'a name of a category is a text',
        'PUT /transactions/1/entries',
        json({ entries: [{ ...entry, category_name: 5 }] }),
        422,
        issue('string_type', 'body', 'entries', 0, 'category_name'),
      ],
      [
        'a name that is too long for a category is refused',
        'PUT /transactions/1/entries',
        json({ entries: [{ ...entry, category_name: 'x'.repeat(129) }] }),
        422,
      ],
      ['a name that the table cannot hold is refused', 'PUT /transactions/1/entries', json({ entries: [{ ...entry, category_name: '🍞' }] }), 422],
      ['without a list it is refused', 'PUT /transactions/1/entries', json({}), 422, issue('missing', 'body', 'entries')],
      ['without a body it is refused', 'PUT /transactions/1/entries', undefined, 422, issue('missing', 'body')],
      [
        'those of a transaction that does not exist are 404',
        'PUT /transactions/4/entries',
        json({ entries: [entry] }),
        404,
        detail('Transaction with ID 4 not found'),
      ],
      ['nothing of what was refused has changed anything', 'GET /transactions/1', undefined, 200, bread],
    ],
  )

  test('an id of another transaction is an entry to add, and the other one keeps its own', async () => {
    const [status, body] = await put({ entries: [{ ...entry, id: 2 }] })
    expect([status, (body as typeof bread).entries]).toEqual([
      200,
      [expect.objectContaining({ id: 4, amount: '-1.5000000000', category: null, category_name: null })],
    ])
    expect((await tell(database, 'GET /transactions/2'))[1]).toMatchObject({ entries: [{ id: 2 }] })
  })

  test('a name is looked for as a plain one, as a full one and from the top down before it becomes a category', async () => {
    await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES (10, NOW(), 'A - B', NULL), (11, NOW(), 'C', 10)`)
    const names = ['gebäck', 'Essen - Gebäck', 'A - B', 'A - B - C', '', null, 'Ganz - Neu']
    const [status, body] = await put({ entries: names.map((category_name) => ({ ...entry, category_name })) })
    const found = (body as { entries: readonly { category: number | null; category_name: string | null }[] }).entries.map((one) => [
      one.category,
      one.category_name,
    ])
    expect([status, found]).toEqual([
      200,
      [
        [2, 'Essen - Gebäck'],
        [2, 'Essen - Gebäck'],
        [10, 'A - B'],
        [11, 'A - B - C'],
        [null, null],
        [null, null],
        [12, 'Ganz - Neu'],
      ],
    ])
    expect((await tell(database, 'GET /categories/12'))[1]).toEqual({ id: 12, name: 'Ganz - Neu', parent_id: null })
  })

  test('planned is stored as a planning that exists, or as nothing', async () => {
    const planned = async () => ((await put({ entries: [{ ...entry, accountingPlanned: true }, entry] }))[1] as { entries: readonly object[] }).entries
    expect(await planned()).toMatchObject([{ accountingPlanned: 1 }, { accountingPlanned: null }])
    await database.db.run(sql`UPDATE tbl_accountingEntry SET accountingPlanned = NULL`)
    await database.db.run(sql`DELETE FROM tbl_planningEntry`)
    await database.db.run(sql`DELETE FROM tbl_planning`)
    expect(await planned()).toMatchObject([{ accountingPlanned: null }, { accountingPlanned: null }])
  })

  test('the sum of the entries is nobody’s business here', async () => {
    expect((await put({ entries: [{ ...entry, amount: 7 }] }))[1]).toMatchObject({ amount: '-1.5000000000', entries: [{ amount: '7.0000000000' }] })
  })
})

describe('what is done to many', () => {
  testRows(
    () => database,
    [
      ['marking needs a list', 'POST /transactions/mark-checked', json({}), 422, issue('missing', 'body', 'transaction_ids')],
      ['marking needs numbers', 'POST /transactions/mark-checked', json({ transaction_ids: ['x'] }), 422, issue('int_parsing', 'body', 'transaction_ids', 0)],
      [
        'marking takes numbers as texts, and what is unknown or named twice changes nothing',
        'POST /transactions/mark-checked',
        json({ transaction_ids: ['2', 2, 99, -1] }),
        200,
        { updated_entries: 1 },
      ],
      ['checked may be said in words', 'POST /transactions/mark-checked', json({ transaction_ids: [2], checked: 'No' }), 200, { updated_entries: 1 }],
      [
        'checked is yes or no',
        'POST /transactions/mark-checked',
        json({ transaction_ids: [2], checked: 'maybe' }),
        422,
        issue('bool_parsing', 'body', 'checked'),
      ],
      ['categorising needs a body, which may be empty', 'POST /transactions/auto-categorize', undefined, 422, issue('missing', 'body')],
      [
        'categorising says what it did; the account is ignored',
        'POST /transactions/auto-categorize',
        json({ account_id: 99 }),
        200,
        { success: true, categorized: expect.any(Number) as number, total_checked: expect.any(Number) as number, message: 'Transactions categorized.' },
      ],
      ['an import of folders needs a body', 'POST /transactions/import', undefined, 422, issue('missing', 'body')],
      [
        'an import of folders says when an account has none',
        'POST /transactions/import',
        json({ account_id: 1 }),
        404,
        detail('No import configuration found for account ID 1'),
      ],
      [
        'an import of all folders is done also when there are none',
        'POST /transactions/import',
        json({ account_id: 0 }),
        200,
        { success: true, message: 'Import completed for all accounts.' },
      ],
      ['there is no way to make a transaction', 'POST /transactions/', json({}), 405, detail('Method Not Allowed')],
      ['there is no way to delete a transaction', 'DELETE /transactions/1', undefined, 405, detail('Method Not Allowed')],
      ['a file needs a format', 'POST /transactions/import-csv', upload('x', { account_id: '1' }), 422, issue('missing', 'body', 'format')],
      [
        'an unknown format is told before a missing account',
        'POST /transactions/import-csv',
        upload('x', { format: 'csv-no' }),
        400,
        detail(/^Invalid format 'csv-no': /),
      ],
      [
        'a file without a column for accounts needs one',
        'POST /transactions/import-csv',
        upload('Valuta;Betrag\n', { format: 'csv-cb' }),
        400,
        detail('Account ID is required for this format (no account column in CSV)'),
      ],
      [
        'an account that does not exist is 404',
        'POST /transactions/import-csv',
        upload('Valuta;Betrag\n01.01.2024;1\n', { format: 'csv-cb', account_id: '99' }),
        404,
      ],
      ['an empty file is told', 'POST /transactions/import-csv', upload('', { format: 'csv-cb', account_id: '1' }), 400, detail(/^CSV file error: /)],
      [
        'an account left empty is one that was not sent',
        'POST /transactions/import-csv',
        upload('Valuta;Betrag\n', { format: 'csv-cb', account_id: '' }),
        400,
        detail(/^Account ID is required/),
      ],
      [
        'an account is a number',
        'POST /transactions/import-csv',
        upload('x', { format: 'csv-cb', account_id: 'Giro' }),
        422,
        issue('int_parsing', 'body', 'account_id'),
      ],
    ],
  )

  test('an import answers what it did, and warns only when there is something to warn of', async () => {
    const ofFile = (text: string) =>
      tell(database, 'POST /transactions/import-csv', upload(`Valuta;Betrag;Verwendungszweck\n${text}`, { format: 'csv-cb', account_id: '1' }))
    const answer = { success: true, format: 'csv-cb', filename: expect.any(String) as string, auto_categorized: 0, auto_categorized_total: 0 }
    expect(await ofFile('x;1;A\n')).toEqual([
      200,
      { ...answer, message: 'Import completed: 0 of 1 transactions imported.', inserted: 0, total: 1, warnings: [expect.stringMatching(/^Row 1: /)] },
    ])
    const [status, body] = await ofFile('01.02.2024;-1,00;Brot\n01.02.2024;-1,00;Brot\n')
    expect([status, body]).toEqual([
      200,
      {
        ...answer,
        message: 'Import completed: 1 of 2 transactions imported.',
        inserted: 1,
        total: 2,
        auto_categorized: 1,
        auto_categorized_total: expect.any(Number) as number,
      },
    ])
  })

  test('a database without rules, and one without entries to categorise, say so', async () => {
    const house = await aHousehold()
    const say = async () => (await tell(house, 'POST /transactions/auto-categorize', json({})))[1]
    await house.db.run(sql`UPDATE tbl_accountingEntry SET category = 1`)
    expect(await say()).toEqual({ success: true, categorized: 0, total_checked: 0, message: 'No uncategorized entries found.' })
    await house.db.run(sql`DELETE FROM tbl_setting WHERE \`key\` = 'category_automation_rule'`)
    expect(await say()).toEqual({ success: true, categorized: 0, total_checked: 0, message: 'No categorization rules found.' })
    await house.db.run(
      sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('category_automation_rule', '{"id":"a","name":"b","conditions":[{"id":1,"type":"contains","columnName":"description","value":"rate"}],"category":77}')`,
    )
    await house.db.run(sql`UPDATE tbl_accountingEntry SET category = NULL`)
    expect(await tell(house, 'POST /transactions/auto-categorize', json({}))).toEqual([500, detail(/^Categorization failed: /)])
    await house.close()
  })
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
