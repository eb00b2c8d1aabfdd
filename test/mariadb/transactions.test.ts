import sql from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from './environment.ts'
import { aBankDatabase, anAccountBody, ask, importCsv } from './import-form.ts'

interface Entry {
  readonly id: number
  readonly amount: string
  readonly checked: boolean
  readonly category: number | null
  readonly category_name: string | null
  readonly accountingPlanned: number | null
}
interface Transaction {
  readonly id: number
  readonly description: string
  readonly amount: string
  readonly entries: readonly Entry[]
}
interface Page {
  readonly transactions: readonly Transaction[]
  readonly total: number
}

let database: TestDatabase
beforeAll(async () => {
  database = await aBankDatabase()
  await ask(database, 'POST', '/api/accounts/', anAccountBody({ name: 'Boot', iban_accountNumber: 'DE2' }))
  const header = 'Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n'
  await importCsv(
    database,
    `${header}01.01.2024;-1,50;Brot;DE77;ABCDEF;Bäcker\n02.01.2024;-20,00;Kino 100%;DE78;GHI;Saal\n03.01.2024;3000,00;Gehalt;DE79;JKL;Werk\n`,
    'csv-cb',
    1,
  )
  await importCsv(database, `${header}02.01.2024;-5,00;Anlegen;DE80;MNO;Hafen\n`, 'csv-cb', 2)
  await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES (1, NOW(), 'Essen', NULL), (2, NOW(), 'Gebäck', 1)`)
  await database.db.run(sql`UPDATE tbl_accountingEntry SET category = 2 WHERE transaction = (SELECT id FROM tbl_transaction WHERE description = 'Brot')`)
  await database.db.run(
    sql`UPDATE tbl_accountingEntry SET category = 1, checked = 1 WHERE transaction = (SELECT id FROM tbl_transaction WHERE description = 'Kino 100%')`,
  )
  await database.db.run(sql`DELETE FROM tbl_accountingEntry WHERE transaction = (SELECT id FROM tbl_transaction WHERE description = 'Anlegen')`)
})
afterAll(() => database.close())

const list = async (query: string): Promise<readonly string[]> =>
  (await ask<Page>(database, 'GET', `/api/transactions/?${query}`)).body.transactions.map(({ description }) => description)

test.each([
  ['', ['Gehalt', 'Anlegen', 'Kino 100%', 'Brot']],
  ['search=BROT', ['Brot']],
  ['search=backer', ['Brot']],
  ['search=de79', ['Gehalt']],
  ['search=GHI', ['Kino 100%']],
  ['search=boot', ['Anlegen']],
  ['search=geback', ['Brot']],
  ['search=Essen', ['Kino 100%']],
  ['search=K_no', ['Kino 100%']],
  ['search=%25', ['Gehalt', 'Anlegen', 'Kino 100%', 'Brot']],
  ['search=%F0%9F%98%80', []],
  ["search=' OR 1=1 -- ", []],
  ['filter=unchecked', ['Gehalt', 'Brot']],
  ['filter=no_entries', ['Anlegen']],
  ['filter=uncategorized', ['Gehalt']],
  ['filter=categorized_unchecked', ['Brot']],
  ['filter=toString', ['Gehalt', 'Anlegen', 'Kino 100%', 'Brot']],
  ['account_id=2', ['Anlegen']],
  ['account_id=0&search=', ['Gehalt', 'Anlegen', 'Kino 100%', 'Brot']],
  ['account_id=77', []],
  ['date_from=2024-01-02&date_to=2024-01-02', ['Anlegen', 'Kino 100%']],
  ['date_to=2024-01-01T23:59:59', ['Brot']],
  ['date_from=&date_to=', ['Gehalt', 'Anlegen', 'Kino 100%', 'Brot']],
  ['sort_by=date&sort_dir=ASC', ['Brot', 'Kino 100%', 'Anlegen', 'Gehalt']],
  ['sort_by=description&sort_dir=asc', ['Anlegen', 'Brot', 'Gehalt', 'Kino 100%']],
  ['sort_by=amount&sort_dir=asc', ['Kino 100%', 'Anlegen', 'Brot', 'Gehalt']],
  ['sort_by=amount', ['Gehalt', 'Brot', 'Anlegen', 'Kino 100%']],
  ['sort_by=account&sort_dir=asc', ['Anlegen', 'Gehalt', 'Kino 100%', 'Brot']],
  ['sort_by=entries&sort_dir=asc', ['Anlegen', 'Gehalt', 'Kino 100%', 'Brot']],
  ['sort_by=constructor', ['Gehalt', 'Anlegen', 'Kino 100%', 'Brot']],
  ['page_size=3', ['Gehalt', 'Anlegen', 'Kino 100%']],
  ['page_size=3&page=2', ['Brot']],
  ['page=99', []],
  ['page=9007199254740991&page_size=1000', []],
])('the list for "%s"', async (query, descriptions) => {
  expect(await list(query)).toEqual(descriptions)
})

test('the total counts all that match, whatever the page', async () => {
  const { body } = await ask(database, 'GET', '/api/transactions/?search=1&page_size=1&page=7')
  expect(body).toEqual({ transactions: [], total: expect.any(Number), page: 7, page_size: 1 })
  expect((await ask<Page>(database, 'GET', '/api/transactions/?page_size=1')).body.total).toBe(4)
})

test.each(['page=0', 'page_size=0', 'page_size=1001', 'page=x', 'account_id=x', 'date_from=abc', 'date_to=2024-02-30'])(
  'the query "%s" is refused by its field',
  async (query) => {
    const { status, body } = await ask<{ detail: readonly { loc: readonly string[] }[] }>(database, 'GET', `/api/transactions/?${query}`)
    expect([status, body.detail[0]?.loc]).toEqual([422, ['query', query.split('=')[0]]])
  },
)

test('one transaction is shown with its entries, amounts as texts and the full name of the category', async () => {
  const [bread] = (await ask<Page>(database, 'GET', '/api/transactions/?search=Brot')).body.transactions
  const one = await ask(database, 'GET', `/api/transactions/${bread?.id}`)
  expect(one.body).toEqual(bread)
  expect(one.body).toMatchObject({
    amount: '-1.5000000000',
    dateValue: '2024-01-01T00:00:00',
    account_name: 'Giro',
    account_iban: 'DE1',
    entries: [{ amount: '-1.5000000000', checked: false, category: 2, category_name: 'Essen - Gebäck' }],
  })
  expect(await ask(database, 'GET', '/api/transactions/99999')).toEqual({ status: 404, body: { detail: 'Transaction with ID 99999 not found' } })
})

test('the formats are listed in the order in which they came', async () => {
  expect((await ask(database, 'GET', '/api/transactions/import-formats')).body).toEqual({
    success: true,
    formats: ['csv-cb', 'csv-spk', 'csv-mintos', 'csv-loan'],
  })
})

test('marking as checked counts what really changed', async () => {
  const { body } = await ask<Page>(database, 'GET', '/api/transactions/?search=Gehalt')
  const transaction_ids = body.transactions.map(({ id }) => id)
  const mark = async (payload: object) => (await ask(database, 'POST', '/api/transactions/mark-checked', payload)).body
  expect([
    await mark({ transaction_ids }),
    await mark({ transaction_ids }),
    await mark({ transaction_ids, checked: false }),
    await mark({ transaction_ids: [] }),
  ]).toEqual([{ updated_entries: 1 }, { updated_entries: 0 }, { updated_entries: 1 }, { updated_entries: 0 }])
})

test('entries are replaced: known ones changed, missing ones removed, others added, categories found or made', async () => {
  const [salary] = (await ask<Page>(database, 'GET', '/api/transactions/?search=Gehalt')).body.transactions
  const [entry] = salary?.entries ?? []
  const dateImport = '2024-01-01'
  const { status, body } = await ask<Transaction>(database, 'PUT', `/api/transactions/${salary?.id}/entries`, {
    entries: [
      { id: entry?.id, dateImport, amount: '1000.10', checked: true, category_name: 'Essen - Gebäck' },
      { id: 999_999, dateImport, amount: 1000, category_name: 'Neues' },
      { dateImport, amount: '999.90', accountingPlanned: true, category_name: 'neues' },
    ],
  })
  expect(status).toBe(200)
  expect(body.entries.map(({ id, ...facts }) => ({ ...facts, kept: id === entry?.id }))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kept: true, amount: '1000.1000000000', checked: true, category_name: 'Essen - Gebäck' }),
      expect.objectContaining({ kept: false, amount: '1000.0000000000', checked: false, category_name: 'Neues' }),
      expect.objectContaining({ kept: false, amount: '999.9000000000', accountingPlanned: null, category_name: 'Neues' }),
    ]),
  )
  const emptied = await ask<Transaction>(database, 'PUT', `/api/transactions/${salary?.id}/entries`, { entries: [] })
  expect(emptied.body.entries).toEqual([])
  expect((await ask(database, 'PUT', '/api/transactions/99999/entries', { entries: [] })).status).toBe(404)
})
