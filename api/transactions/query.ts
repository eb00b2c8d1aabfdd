// The list of transactions as SQL: which ones, in which order.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import { isBasicText } from '../db/basic-text.ts'

export interface TransactionFilter {
  readonly search: string
  readonly filter: string
  /** 0 = every account. */
  readonly account_id: number
  readonly date_from?: string
  readonly date_to?: string
}

const entryWith = (condition: Sql) => sql`EXISTS (SELECT 1 FROM tbl_accountingEntry e WHERE e.transaction = t.id AND ${condition})`

const filters: Readonly<Record<string, Sql>> = {
  unchecked: entryWith(sql`e.checked = 0`),
  no_entries: sql`NOT EXISTS (SELECT 1 FROM tbl_accountingEntry e WHERE e.transaction = t.id)`,
  uncategorized: entryWith(sql`e.category IS NULL`),
  categorized_unchecked: entryWith(sql`e.category IS NOT NULL AND e.checked = 0`),
}

const searching = (search: string): Sql => {
  if (!isBasicText(search)) return sql`FALSE`
  const term = `%${search}%`
  return sql`(t.description LIKE ${term} OR t.recipientApplicant LIKE ${term} OR t.iban LIKE ${term} OR t.bic LIKE ${term} OR a.name LIKE ${term}
    OR EXISTS (SELECT 1 FROM tbl_accountingEntry e JOIN tbl_category c ON c.id = e.category WHERE e.transaction = t.id AND c.name LIKE ${term}))`
}

/** The WHERE clause over t (transaction) and a (account). */
export const transactionsWhere = ({ search, filter, account_id, date_from, date_to }: TransactionFilter): Sql => {
  const chosen = Object.hasOwn(filters, filter) ? filters[filter] : undefined
  const conditions = [
    ...(search ? [searching(search)] : []),
    ...(chosen ? [chosen] : []),
    ...(account_id ? [sql`t.account = ${account_id}`] : []),
    ...(date_from ? [sql`t.dateValue >= ${date_from}`] : []),
    ...(date_to ? [sql`t.dateValue <= ${date_to}`] : []),
  ]
  return conditions.length > 0 ? sql`WHERE ${join(conditions, ' AND ')}` : empty
}

const newestFirst = sql`t.dateValue DESC, t.dateImport DESC, t.id DESC`
const byDate = { asc: sql`t.dateValue ASC, t.dateImport ASC, t.id ASC`, desc: newestFirst }
const sortKeys: Readonly<Record<string, { readonly asc: Sql; readonly desc: Sql }>> = {
  date: byDate,
  description: { asc: sql`t.description ASC, ${newestFirst}`, desc: sql`t.description DESC, ${newestFirst}` },
  amount: { asc: sql`t.amount ASC, ${newestFirst}`, desc: sql`t.amount DESC, ${newestFirst}` },
  account: { asc: sql`a.name ASC, ${newestFirst}`, desc: sql`a.name DESC, ${newestFirst}` },
  entries: { asc: sql`entryCount ASC, ${newestFirst}`, desc: sql`entryCount DESC, ${newestFirst}` },
}

/** The ORDER BY clause; `entryCount` is a column that the list selects when it is asked for. */
export const transactionsOrder = (sortBy: string, direction: string): Sql => {
  const keys = Object.hasOwn(sortKeys, sortBy) ? sortKeys[sortBy] : undefined
  return sql`ORDER BY ${keys ? keys[direction.toLowerCase() === 'asc' ? 'asc' : 'desc'] : newestFirst}`
}
