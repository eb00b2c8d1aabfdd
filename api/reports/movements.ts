// What moved or will move on accounts: entries up to today, plannings from then on. Summed where they lie.
import sql, { empty, join, type Sql } from 'sql-template-tag'

/** Days as `YYYY-MM-DD`, all at midnight. */
interface Bounds {
  /** The first moment; without it everything there ever was. */
  readonly from?: string
  /** The first moment after it. */
  readonly until: string
}
export interface Span extends Bounds {
  readonly today: string
}

/** A span's year; 3000 has no trouble with the year that follows. */
export const yearSpan = (year: number, today: string): Required<Span> => ({ from: `${year}-01-01`, until: `${year + 1}-01-01`, today })

/** What the sums are for: `columns` over account, happened and category, and the aliases by which they are told apart. */
export interface Grouping {
  readonly columns: Sql
  readonly by: Sql
  readonly where?: Sql
}

const within = (date: Sql, { from, until }: Bounds): Sql => sql`${from ? sql`${date} >= ${from} AND` : empty} ${date} < ${until}`

/** Entries of the accounts (at least one) in the span, whatever day it is. */
export const booked = (accounts: readonly number[], span: Bounds): Sql => sql`
  SELECT t.account, t.dateValue AS happened, e.category, e.amount
  FROM tbl_transaction t JOIN tbl_accountingEntry e ON e.transaction = t.id
  WHERE t.account IN (${join(accounts)}) AND ${within(sql`t.dateValue`, span)}`

/** Planning entries of the accounts (at least one) in the span, whatever day it is. */
export const planned = (accounts: readonly number[], span: Bounds): Sql => sql`
  SELECT p.account, d.dateValue AS happened, p.category, p.amount
  FROM tbl_planningEntry d JOIN tbl_planning p ON p.id = d.planning
  WHERE p.account IN (${join(accounts)}) AND ${within(sql`d.dateValue`, span)}`

const summed = ({ columns, by, where }: Grouping, rows: Sql): Sql =>
  sql`SELECT ${columns}, SUM(amount) AS amount FROM (${rows}) AS moved ${where ? sql`WHERE ${where}` : empty} GROUP BY ${by}`

/** A transaction of today with a time of day has not happened yet; a planning of today is over. */
export const movements = (accounts: readonly number[], span: Span, grouping: Grouping): Sql => sql`
  ${summed(grouping, sql`${booked(accounts, span)} AND t.dateValue <= ${span.today}`)}
  UNION ALL
  ${summed(grouping, sql`${planned(accounts, span)} AND d.dateValue > ${span.today}`)}`
