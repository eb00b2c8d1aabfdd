import sql, { empty, join } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { type TransactionFilter, transactionsOrder, transactionsWhere } from './query.ts'

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
const source = sql`FROM tbl_transaction t JOIN tbl_account a ON a.id = t.account`
const entryCount = sql`, (SELECT COUNT(*) FROM tbl_accountingEntry e WHERE e.transaction = t.id) AS entryCount`

export const countTransactions = async (db: Db, filter: TransactionFilter): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total ${source} ${transactionsWhere(filter)}`))?.total ?? 0

export const listTransactions = (db: Db, listing: Listing): Promise<readonly TransactionRow[]> =>
  db.all(sql`SELECT ${columns}${listing.sort_by === 'entries' ? entryCount : empty} ${source} ${transactionsWhere(listing)}
    ${transactionsOrder(listing.sort_by, listing.sort_dir)} LIMIT ${listing.page_size} OFFSET ${(listing.page - 1) * listing.page_size}`)

export const findTransaction = (db: Db, id: number): Promise<TransactionRow | undefined> => db.first(sql`SELECT ${columns} ${source} WHERE t.id = ${id}`)

/** Locked until the transaction ends: its entries are replaced by one request at a time. */
export const lockTransaction = async (db: Db, id: number): Promise<boolean> =>
  (await db.first(sql`SELECT id FROM tbl_transaction WHERE id = ${id} FOR UPDATE`)) !== undefined

/** The entries of several transactions, newest first. */
export const listEntries = (db: Db, transactions: readonly number[]): Promise<readonly EntryRow[]> =>
  db.all(sql`
    SELECT e.id, e.dateImport, e.checked, e.amount, e.accountingPlanned, e.category, v.fullname AS category_name, e.transaction
    FROM tbl_accountingEntry e LEFT JOIN view_categoryFullname v ON v.id = e.category
    WHERE e.transaction IN (${join(transactions)}) ORDER BY e.dateImport DESC, e.id ASC`)

export const markChecked = async (db: Db, transactions: readonly number[], checked: boolean): Promise<number> => {
  const flag = checked ? 1 : 0
  const { changedRows } = await db.run(
    sql`UPDATE tbl_accountingEntry SET checked = ${flag} WHERE transaction IN (${join(transactions)}) AND checked <> ${flag}`,
  )
  return changedRows
}
