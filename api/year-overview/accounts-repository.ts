// What accounts hold in the months of a year.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { type MonthRow, monthSums } from '../reports/months.ts'
import { bookedAhead, movements, type Span, yearBounds, yearSpan } from '../reports/movements.ts'

export type AccountRow = MonthRow<'account'>
/** Accounts of a type that are open at any time of the year. */
export const openAccounts = async (db: Db, type: number, year: number): Promise<readonly number[]> => {
  const { from, until } = yearBounds(year)
  const rows = await db.all<{ id: number }>(
    sql`SELECT id FROM tbl_account WHERE type = ${type} AND dateStart < ${until} AND (dateEnd IS NULL OR dateEnd >= ${from})`,
  )
  return rows.map(({ id }) => id)
}

const starts = (accounts: readonly number[]) =>
  sql`UNION ALL SELECT id AS account, 0 AS period, startAmount AS amount FROM tbl_account WHERE id IN (${join(accounts)})`

/** Everything before the year is period 0. */
const periodFrom = (from: string, ofYear: Sql) => ({
  columns: sql`account, IF(happened < ${from}, 0, ${ofYear}) AS period`,
  by: sql`account, period`,
  per: 'account' as const,
})

/** The month at whose end it counts: the end is midnight of the last day, what comes later that day counts for the next month (13 after December). */
const monthEnd = sql`MONTH(happened) + (happened > LAST_DAY(happened))`

const perAccount = (db: Db, inMonth: (month: number) => Sql, total: Sql, rows: Sql): Promise<readonly AccountRow[]> =>
  db.all(sql`
    SELECT a.name AS account, ${monthSums(inMonth)}, ${total} AS total
    FROM (${rows}) AS summed JOIN tbl_account a ON a.id = summed.account GROUP BY a.id, a.name ORDER BY a.name`)

/** At the beginning of each month, and at the end of the year. */
export const balances = async (db: Db, accounts: readonly number[], year: number, today: string): Promise<readonly AccountRow[]> => {
  const { from, ...span } = await yearSpan(db, year, today)
  const rows = sql`${movements(accounts, span, periodFrom(from, sql`MONTH(happened)`))} ${starts(accounts)}`
  return perAccount(db, (month) => sql`period < ${month}`, sql`SUM(amount)`, rows)
}

/** What came and went in each month, and in the year. What an account started with is in no month of it. */
export const changes = async (db: Db, accounts: readonly number[], year: number, today: string): Promise<readonly AccountRow[]> => {
  const span = await yearSpan(db, year, today)
  const rows = movements(accounts, span, { columns: sql`account, MONTH(happened) AS period`, by: sql`account, period`, per: 'account' })
  return perAccount(db, (month) => sql`period = ${month}`, sql`SUM(IF(period > 0, amount, 0))`, sql`${rows} ${starts(accounts)}`)
}

const endRows = (accounts: readonly number[], { from, ...span }: Required<Span>) =>
  sql`${movements(accounts, span, periodFrom(from, monthEnd))} ${starts(accounts)}`

/** At the end of each month, and what came and went in the year. */
export const endBalances = async (db: Db, accounts: readonly number[], year: number, today: string): Promise<readonly AccountRow[]> =>
  perAccount(db, (month) => sql`period <= ${month}`, sql`SUM(IF(period > 0, amount, 0))`, endRows(accounts, await yearSpan(db, year, today)))

/** 1 is the first of the types asked for. */
export type TypeRow = MonthRow<never> & { readonly type: number }

/** Counted down in the year's balance: booked for days between today and the beginning of the year, which the year does not count as its own. */
const early = (accounts: readonly number[], { from, ...span }: Required<Span>) =>
  sql`UNION ALL SELECT account, -1 AS period, -SUM(amount) AS amount FROM (${bookedAhead(accounts, { ...span, until: from })}) AS moved GROUP BY account`

/** The same for whole types. A year that is over is closed at midnight of its last day: what comes later that day is in no year. */
export const typeEndBalances = async (
  db: Db,
  types: readonly string[],
  accounts: readonly number[],
  year: number,
  today: string,
): Promise<readonly TypeRow[]> => {
  const span = await yearSpan(db, year, today)
  const inYear = today >= `${year}-12-31` ? sql`period <> 0 AND period < 13` : sql`period <> 0`
  return db.all(sql`
    SELECT FIELD(t.type, ${join(types)}) AS type, ${monthSums((month) => sql`period BETWEEN 0 AND ${month}`)}, SUM(IF(${inYear}, amount, 0)) AS total
    FROM (${endRows(accounts, span)} ${today < span.from ? early(accounts, span) : empty}) AS summed
    JOIN tbl_account a ON a.id = summed.account JOIN tbl_accountType t ON t.id = a.type GROUP BY t.id`)
}
