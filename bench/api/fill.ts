// Fills a migrated, empty database with what data.ts invents.
import sql, { bulk } from 'sql-template-tag'
import type { Db } from '../../api/db/db.ts'
import { accounts, type Booking, bookings, categories, firstYear, rules, years } from './data.ts'
import { dice } from './random.ts'

const together = 2_000
/** Of the five accounts, so that each table of a year has rows: current accounts, a loan, an investment. */
const accountTypes = [1, 1, 3, 5, 1]
/** Monthly, among those that the migrations bring. */
const monthly = 5

const dated = (year: number, month: number, day = 1) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`

const inPieces = async <T>(items: Iterable<T>, work: (some: T[]) => Promise<unknown>): Promise<void> => {
  let some: T[] = []
  for (const item of items) {
    if (some.push(item) < together) continue
    await work(some)
    some = []
  }
  if (some.length > 0) await work(some)
}

const masterData = async (db: Db): Promise<void> => {
  const rows = accounts.map((name, index) => [
    index + 1,
    '2016-01-01',
    name,
    `DE${70 + index}000000000000000000`,
    'XYZ',
    1000 * index,
    '2016-01-01',
    accountTypes[index] ?? 1,
  ])
  await db.run(sql`INSERT INTO tbl_account (id, dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type) VALUES ${bulk(rows)}`)
  const tree = categories.map(({ id, name, parent }) => [id, '2016-01-01', name, parent])
  await db.run(sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES ${bulk(tree)}`)
  for (const [index, rule] of rules.entries()) {
    const stored = { id: `rule-${index}`, ...rule, dateCreated: `2024-01-01T00:00:${10 + index}`, dateModified: '2024-01-01T00:00:00' }
    await db.run(sql`INSERT INTO tbl_setting (user_id, \`key\`, value) VALUES (NULL, 'category_automation_rule', ${JSON.stringify(stored)})`)
  }
}

const insertBookings = (db: Db, some: readonly Booking[]) =>
  db.run(sql`INSERT INTO tbl_transaction (dateImport, iban, bic, description, amount, dateValue, recipientApplicant, account)
    VALUES ${bulk(some.map(({ account, date, description, amount, partner }) => [date, partner.iban, partner.bic, description, amount, date, partner.name, account]))}`)

/** The trigger has made one entry for each; nearly all get a category, most are checked, every tenth is split in two. */
const refineEntries = async (db: Db): Promise<void> => {
  await db.run(sql`UPDATE tbl_accountingEntry SET category = 1 + (id * 7919) MOD ${categories.length}, checked = id MOD 5 > 0 WHERE id MOD 50 > 0`)
  await db.run(sql`INSERT INTO tbl_accountingEntry (dateImport, checked, amount, transaction, category)
    SELECT dateImport, 1, ROUND(amount * 0.25, 2), transaction, 1 + (id * 104729) MOD ${categories.length} FROM tbl_accountingEntry WHERE id MOD 10 = 0`)
  await db.run(sql`UPDATE tbl_accountingEntry e JOIN tbl_accountingEntry half ON half.transaction = e.transaction AND half.id > e.id
    SET e.amount = e.amount - half.amount`)
}

const plannings = async (db: Db): Promise<void> => {
  const random = dice(2)
  const rows = Array.from({ length: 60 }, (_, index) => [
    index + 1,
    '2016-01-01',
    `Planung ${index + 1}`,
    random.below(20_000) / 100 - 120,
    dated(firstYear, 1, 1 + (index % 28)),
    1 + (index % 5),
    1 + ((index * 11) % categories.length),
    monthly,
  ])
  await db.run(sql`INSERT INTO tbl_planning (id, dateImport, description, amount, dateStart, account, category, cycle) VALUES ${bulk(rows)}`)
  const months = Array.from({ length: (years + 3) * 12 }, (_, month) => month)
  const entries = rows.flatMap(([id]) => months.map((month) => ['2016-01-01', dated(firstYear + Math.floor(month / 12), 1 + (month % 12)), id ?? null]))
  await inPieces(entries, (some) => db.run(sql`INSERT INTO tbl_planningEntry (dateImport, dateValue, planning) VALUES ${bulk(some)}`))
}

const shares = async (db: Db): Promise<void> => {
  const random = dice(3)
  const rows = Array.from({ length: 20 }, (_, index) => [index + 1, '2016-01-01', `Aktie ${index + 1}`, `DE000BENCH${10 + index}`, `BEN${100 + index}`])
  await db.run(sql`INSERT INTO tbl_share (id, dateImport, name, isin, wkn) VALUES ${bulk(rows)}`)
  const months = Array.from({ length: years * 12 }, (_, month) => dated(firstYear + Math.floor(month / 12), 1 + (month % 12), 28))
  const prices = rows.flatMap(([share]) => months.map((date) => ['2016-01-01', 20 + random.below(10_000) / 100, date, 1, share ?? null]))
  await inPieces(prices, (some) => db.run(sql`INSERT INTO tbl_shareHistory (dateImport, amount, date, checked, share) VALUES ${bulk(some)}`))
  await db.run(sql`INSERT INTO tbl_shareTransaction (dateImport, tradingVolume, dateTransaction, checked, share, accountingEntry)
    SELECT '2016-01-01', id / 1000, '2016-01-10' + INTERVAL (id MOD 3600) DAY, 1, 1 + id MOD 20, id FROM tbl_accountingEntry WHERE id MOD 250 = 0`)
}

/** All of it, or nothing. Only an empty database is filled. */
export const fill = (db: Db, count: number): Promise<void> =>
  db.transaction(async (inside) => {
    const taken = await inside.first(sql`SELECT id FROM tbl_account LIMIT 1`)
    if (taken) throw new Error('The database has accounts already; name a new one.')
    await masterData(inside)
    await inPieces(bookings(count), (some) => insertBookings(inside, some))
    await refineEntries(inside)
    await plannings(inside)
    await shares(inside)
  })
