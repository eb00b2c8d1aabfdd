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

export const pattern = (term: string): string => `%${term}%`

/** Over the texts of one of the transactions, named by its alias. */
export const textsLike = (t: Sql, term: string): Sql => {
  const like = pattern(term)
  return sql`(${t}.description LIKE ${like} OR ${t}.recipientApplicant LIKE ${like} OR ${t}.iban LIKE ${like} OR ${t}.bic LIKE ${like})`
}

/** As the documents say it; over t and a (account). */
export const plainSearch = (term: string): Sql => {
  if (!isBasicText(term)) return sql`FALSE`
  const like = pattern(term)
  return sql`(${textsLike(sql`t`, term)} OR a.name LIKE ${like}
    OR EXISTS (SELECT 1 FROM tbl_accountingEntry e JOIN tbl_category c ON c.id = e.category WHERE e.transaction = t.id AND c.name LIKE ${like}))`
}

/** A filter that the list knows, if this is one. */
const chosenFilter = (filter: string): Sql | undefined => (Object.hasOwn(filters, filter) ? filters[filter] : undefined)

/** Whether accounts and a search are all that is asked. */
export const isUnfiltered = ({ filter, date_from, date_to }: TransactionFilter): boolean => !chosenFilter(filter) && !date_from && !date_to

/** The WHERE clause over t (transaction), and what else the search looks at. */
export const transactionsWhere = ({ filter, account_id, date_from, date_to }: TransactionFilter, search: Sql | undefined): Sql => {
  const chosen = chosenFilter(filter)
  const conditions = [
    ...(search ? [search] : []),
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
