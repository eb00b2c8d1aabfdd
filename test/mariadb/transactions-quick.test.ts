import fc from 'fast-check'
import sql, { bulk } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPage, plainPage, quickPage } from '../../api/transactions/page.ts'
import type { Listing } from '../../api/transactions/repository.ts'
import { aDatabase, type TestDatabase } from './environment.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aDatabase()
  const { db } = database
  await db.run(sql`INSERT INTO tbl_accountType (id, dateImport, type) VALUES (9, NOW(), 'neun') ON DUPLICATE KEY UPDATE type = type`)
  const accounts = ['Girö', 'a%b', 'ab_', 'Boot'].map((name, index) => [index + 1, '2024-01-01', name, `DE${index}`, '', 0, '2024-01-01', 9])
  await db.run(sql`INSERT INTO tbl_account (id, dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type) VALUES ${bulk(accounts)}`)
  const categories = ['Äpfel', 'b', '%', 'S_ß', 'ab'].map((name, index) => [index + 1, '2024-01-01', name])
  await db.run(sql`INSERT INTO tbl_category (id, dateImport, name) VALUES ${bulk(categories)}`)
})
afterAll(() => database.close())

// few letters, so that terms are found; some that the collation takes for equal, some that a pattern or the folding could trip over
const letters = ['a', 'A', 'ä', 'b', 'B', 'é', 'e', 'ß', 's', 'S', 'ss', '%', '_', '\\', "'", ' ', '\n', '|', '€', 'İ', 'ı', '１', '1', 'Ω', 'ω', 'æ', '\u0301']
const text = (maxLength: number) => fc.array(fc.constantFrom(...letters), { maxLength }).map((parts) => parts.join(''))
const rarely = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value })
const day = fc.integer({ min: 1, max: 4 }).map((number) => `2024-01-0${number}`)

const aTransaction = fc.record({
  account: fc.integer({ min: 1, max: 4 }),
  description: text(8),
  // some are too long for the index
  recipient: fc.oneof(
    fc.constant(null),
    text(8),
    fc.tuple(text(3), fc.constantFrom(900, 1200)).map(([end, length]) => 'x'.repeat(length) + end),
  ),
  iban: fc.option(text(3)),
  bic: fc.option(text(3)),
  amount: fc.integer({ min: -3, max: 3 }),
  date: day,
  imported: day,
  entries: fc.array(fc.record({ category: fc.option(fc.integer({ min: 1, max: 5 })), checked: fc.boolean() }), { maxLength: 3 }),
})
type ATransaction = typeof aTransaction extends fc.Arbitrary<infer T> ? T : never

const aListing: fc.Arbitrary<Listing> = fc
  .record({
    search: fc.oneof(fc.constant(''), text(3), text(1), text(1)),
    filter: fc.constantFrom('', '', '', '', '', 'unchecked', 'no_entries', 'uncategorized', 'categorized_unchecked', 'other'),
    account_id: fc.constantFrom(0, 0, 0, 0, 1, 2, 9),
    date_from: rarely(day),
    date_to: rarely(day),
    page: fc.constantFrom(1, 1, 1, 2, 3),
    page_size: fc.integer({ min: 1, max: 7 }),
    sort_by: fc.constantFrom('', 'date', 'description', 'amount', 'account', 'entries', 'other'),
    sort_dir: fc.constantFrom('', 'asc', 'desc'),
  })
  .map(({ date_from, date_to, ...rest }) => ({ ...rest, ...(date_from && { date_from }), ...(date_to && { date_to }) }))

const store = async (transactions: readonly ATransaction[]): Promise<void> => {
  const { db } = database
  await db.run(sql`DELETE FROM tbl_accountingEntry`)
  await db.run(sql`DELETE FROM tbl_transaction`)
  const rows = transactions.map((one, index) => [index + 1, one.imported, one.iban, one.bic, one.description, one.amount, one.date, one.recipient, one.account])
  await db.run(
    sql`INSERT IGNORE INTO tbl_transaction (id, dateImport, iban, bic, description, amount, dateValue, recipientApplicant, account) VALUES ${bulk(rows)}`,
  )
  await db.run(sql`DELETE FROM tbl_accountingEntry`)
  for (const [index, { entries }] of transactions.entries()) {
    if (entries.length === 0) continue
    const values = entries.map(({ category, checked }) => [index + 1, category, checked])
    await db.run(sql`INSERT INTO tbl_accountingEntry (dateImport, amount, transaction, category, checked)
      SELECT NOW(), 1, t.id, v.category, v.checked FROM tbl_transaction t
      JOIN (SELECT NULL AS id, NULL AS category, NULL AS checked WHERE FALSE UNION ALL VALUES ${bulk(values)}) v ON v.id = t.id`)
  }
}

test('a page that is found quickly is the page that the plain statements find', async () => {
  const found = { rows: 0, searched: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(aTransaction, { minLength: 1, maxLength: 15 }),
      fc.array(aListing, { minLength: 15, maxLength: 15 }),
      async (transactions, listings) => {
        await store(transactions)
        for (const listing of listings) {
          const quick = await quickPage(database.db, listing)
          expect(quick).toEqual(await plainPage(database.db, listing))
          found.rows += quick.rows.length
          if (listing.search) found.searched += quick.rows.length
        }
      },
    ),
    { numRuns: 40 },
  )
  expect(found.rows).toBeGreaterThan(200)
  expect(found.searched).toBeGreaterThan(50)
})

const blank: Listing = { search: '', filter: '', account_id: 0, page: 1, page_size: 3, sort_by: '', sort_dir: '' }

test('of more than a thousand found transactions the page is the right one, and the total is complete', async () => {
  const many = Array.from(
    { length: 1_300 },
    (_, index): ATransaction => ({
      account: 1 + (index % 4),
      description: `Nummer ${index}`,
      recipient: index % 100 === 0 ? 'x'.repeat(1_200) : null,
      iban: null,
      bic: null,
      amount: index % 7,
      date: `2024-01-0${1 + (index % 9)}`,
      imported: '2024-01-01',
      entries: [],
    }),
  )
  await store(many)
  for (const changes of [{}, { sort_by: 'amount' }, { page: 100 }, { search: 'nümmer 1' }, { search: 'n_mmer' }, { search: 'giro' }]) {
    const listing = { ...blank, search: 'nummer', ...changes }
    expect(await quickPage(database.db, listing)).toEqual(await plainPage(database.db, listing))
  }
})

test('a database without the migration is served by the plain statements', async () => {
  const old = await aDatabase()
  try {
    await old.db.run(sql`DROP INDEX finia_search ON tbl_transaction`)
    await old.db.run(sql`ALTER TABLE tbl_transaction DROP COLUMN finia_search`)
    await old.db.run(sql`DROP TABLE finia_transaction_count`)
    const listings = [blank, { ...blank, search: 'a' }]
    expect(await Promise.all(listings.map((listing) => findPage(old.db, listing)))).toEqual([
      { total: 0, rows: [] },
      { total: 0, rows: [] },
    ])
  } finally {
    await old.close()
  }
})
