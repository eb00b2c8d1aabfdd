import sql, { empty, join, type Sql } from 'sql-template-tag'
import { fullNames } from '../categories/full-names.ts'
import { listWholeTree } from '../categories/repository.ts'
import type { Db } from '../db/db.ts'
import { type TransactionFilter, transactionsOrder } from './query.ts'
import type { Named } from './search.ts'

export interface TransactionRow {
  readonly id: number
  readonly dateImport: string | null
  readonly dateValue: string | null
  readonly description: string
  readonly amount: string
  readonly iban: string | null
  readonly bic: string | null
  readonly recipientApplicant: string | null
  readonly account_id: number
  readonly account_name: string
  readonly account_iban: string | null
}

export interface EntryRow {
  readonly id: number
  readonly dateImport: string | null
  readonly checked: number
  readonly amount: string
  readonly accountingPlanned: number | null
  readonly category: number | null
  readonly category_name: string | null
  readonly transaction: number
}

export interface Listing extends TransactionFilter {
  readonly page: number
  readonly page_size: number
  readonly sort_by: string
  readonly sort_dir: string
}

const columns = sql`t.id, t.dateImport, t.dateValue, t.description, t.amount, t.iban, t.bic, t.recipientApplicant,
  a.id AS account_id, a.name AS account_name, a.iban_accountNumber AS account_iban`
const accounts = sql`JOIN tbl_account a ON a.id = t.account`
const source = sql`FROM tbl_transaction t ${accounts}`

const entryCount = sql`, (SELECT COUNT(*) FROM tbl_accountingEntry e WHERE e.transaction = t.id) AS entryCount`

/** Where `a` means something: every transaction has its account. */
export const countPlainly = async (db: Db, where: Sql): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total ${source} ${where}`))?.total ?? 0

export const countTransactions = async (db: Db, where: Sql): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM tbl_transaction t ${where}`))?.total ?? 0

/** How many there are, and which ones when they are few; both from one reading of all of them. */
export const findMatches = async (db: Db, where: Sql, few: number): Promise<{ readonly total: number; readonly ids: readonly number[] | undefined }> => {
  const row = await db.first<{ total: number; ids: string | null }>(
    sql`SELECT COUNT(*) AS total, GROUP_CONCAT(t.id, ',' SEPARATOR '' LIMIT ${few}) AS ids FROM tbl_transaction t ${where}`,
  )
  const { total, ids } = row ?? { total: 0, ids: null }
  const found = (ids ?? '').split(',')
  // a server may be told to cut long texts; then the last id has no comma behind it
  return { total, ids: found.pop() === '' && found.length === total ? found.map(Number) : undefined }
}

/** The page is found by ids first: only its own rows are read whole. */
export const listTransactions = (db: Db, listing: Listing, where: Sql, namesAccounts: boolean): Promise<readonly TransactionRow[]> => {
  const order = transactionsOrder(listing.sort_by, listing.sort_dir)
  const counted = listing.sort_by === 'entries' ? entryCount : empty
  return db.all(sql`SELECT ${columns} FROM (
      SELECT t.id${counted} FROM tbl_transaction t ${namesAccounts || listing.sort_by === 'account' ? accounts : empty} ${where}
      ${order} LIMIT ${listing.page_size} OFFSET ${(listing.page - 1) * listing.page_size}) page
    JOIN tbl_transaction t ON t.id = page.id ${accounts} ${order}`)
}

/** What a search looks at beyond the transactions themselves. */
export const findNamed = async (db: Db, like: string): Promise<Named> => {
  const rows = await db.all<{ kind: string; id: number }>(
    sql`SELECT 'account' AS kind, id FROM tbl_account WHERE name LIKE ${like} UNION ALL SELECT 'category', id FROM tbl_category WHERE name LIKE ${like}`,
  )
  const idsOf = (wanted: string) => rows.flatMap(({ kind, id }) => (kind === wanted ? [id] : []))
  return { accounts: idsOf('account'), categories: idsOf('category') }
}

export const findTransaction = (db: Db, id: number): Promise<TransactionRow | undefined> => db.first(sql`SELECT ${columns} ${source} WHERE t.id = ${id}`)

/** Locked until the transaction ends: its entries are replaced by one request at a time. */
export const lockTransaction = async (db: Db, id: number): Promise<boolean> =>
  (await db.first(sql`SELECT id FROM tbl_transaction WHERE id = ${id} FOR UPDATE`)) !== undefined

/** The entries of several transactions, newest first. */
export const listEntries = async (db: Db, transactions: readonly number[]): Promise<readonly EntryRow[]> => {
  const rows = await db.all<Omit<EntryRow, 'category_name'>>(sql`
    SELECT id, dateImport, checked, amount, accountingPlanned, category, transaction
    FROM tbl_accountingEntry WHERE transaction IN (${join(transactions)}) ORDER BY dateImport DESC, id ASC`)
  // the view of full names would put together all of them in the database, which takes longer than the rest
  const names = rows.some(({ category }) => category !== null) ? fullNames(await listWholeTree(db)) : new Map<number, string>()
  return rows.map((row) => ({ ...row, category_name: row.category === null ? null : (names.get(row.category) ?? null) }))
}

export const markChecked = async (db: Db, transactions: readonly number[], checked: boolean): Promise<number> => {
  const flag = checked ? 1 : 0
  const { changedRows } = await db.run(
    sql`UPDATE tbl_accountingEntry SET checked = ${flag} WHERE transaction IN (${join(transactions)}) AND checked <> ${flag}`,
  )
  return changedRows
}
