// What moved or will move on accounts: entries up to today, plannings from then on. Summed where they lie.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { bookedMonths, hasMonthSums, type Per } from './month-sums.ts'

/** Days as `YYYY-MM-DD`, all at midnight. */
interface Bounds {
  /** The first moment; without it everything there ever was. */
  readonly from?: string
  /** The first moment after it. */
  readonly until: string
}
export interface Span extends Bounds {
  readonly today: string
  /** Whether there are sums of months to read. They are for spans that begin and end with a month. */
  readonly hasSums: boolean
}

/** 3000 has no trouble with the year that follows. */
export const yearBounds = (year: number): Required<Bounds> => ({ from: `${year}-01-01`, until: `${year + 1}-01-01` })

export const yearSpan = async (db: Db, year: number, today: string): Promise<Required<Span>> => ({
  ...yearBounds(year),
  today,
  hasSums: await hasMonthSums(db),
})

/** What the sums are for: `columns` over account, happened and category, and the aliases by which they are told apart. */
export interface Grouping {
  readonly columns: Sql
  readonly by: Sql
  readonly where?: Sql
  /** Whether categories are told apart at all. */
  readonly per: Per
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

/** The first day of the month, or of a later one. */
export const monthOf = (day: string, later = 0): string => {
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + later
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`
}

/** Up to today. The month of today is not over: its entries are read one by one. */
const happened = (accounts: readonly number[], { from, until, today, hasSums }: Span, per: Per): Sql => {
  const month = monthOf(today)
  const start = from ? { from } : {}
  if (hasSums && until <= month) return bookedMonths(accounts, { ...start, until }, per)
  if (!hasSums) return sql`${booked(accounts, { ...start, until })} AND t.dateValue <= ${today}`
  const rest = sql`${booked(accounts, { from: from && from > month ? from : month, until })} AND t.dateValue <= ${today}`
  return sql`${bookedMonths(accounts, { ...start, until: month }, per)} UNION ALL ${rest}`
}

/** Entries from after today up to the first day of a later month. */
export const bookedAhead = (accounts: readonly number[], { until, today, hasSums }: Span): Sql => {
  const month = monthOf(today, 1)
  if (!hasSums || until <= month) return sql`${booked(accounts, { from: today, until })} AND t.dateValue > ${today}`
  const rest = sql`${booked(accounts, { from: today, until: month })} AND t.dateValue > ${today}`
  return sql`${rest} UNION ALL ${bookedMonths(accounts, { from: month, until }, 'account')}`
}

/** A transaction of today with a time of day has not happened yet; a planning of today is over. */
export const movements = (accounts: readonly number[], span: Span, grouping: Grouping): Sql => sql`
  ${summed(grouping, happened(accounts, span, grouping.per))}
  UNION ALL
  ${summed(grouping, sql`${planned(accounts, span)} AND d.dateValue > ${span.today}`)}`
