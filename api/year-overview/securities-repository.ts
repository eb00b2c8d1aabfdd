// What shares are worth at the ends of a year's months. As the view view_shareMonthlySnapshot, for these months only and with our own day for today.
import sql, { join, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { type MonthRow, monthSums } from '../reports/months.ts'
import { monthOf, yearBounds } from '../reports/movements.ts'

export type SecurityRow = Readonly<Record<'security', string | null>> & MonthRow<never>

/** The day after each month's end, as far as prices reach: to the month a year from today. The December before is period 0. */
const monthEnds = (year: number, today: string): readonly string[] =>
  Array.from({ length: 13 }, (_, period) => monthOf(`${year}-01-01`, period)).filter((end) => end <= monthOf(today, 13))

/** When each share had its last price before each of the ends: the index on share and date knows without reading what lies between. */
const lastPrices = (ends: readonly string[]): Sql =>
  join(
    ends.map((end, period) => sql`SELECT ${period} AS period, share, MAX(date) AS date FROM tbl_shareHistory WHERE date < ${end} GROUP BY share`),
    ' UNION ALL ',
  )

/** What was bought and sold in each month, and before the year. */
const trades = (year: number): Sql => {
  const { from, until } = yearBounds(year)
  return sql`
  SELECT share, IF(dateTransaction < ${from}, 0, MONTH(dateTransaction)) AS period, SUM(tradingVolume) AS volume
  FROM tbl_shareTransaction WHERE dateTransaction < ${until} GROUP BY 1, 2`
}

/** A share without a price is worth nothing yet. */
const snapshots = (year: number, ends: readonly string[]): Sql => sql`
  SELECT share, period, volume, volume * price AS amount FROM (
    SELECT last.share, last.period, MAX(history.amount) AS price, IFNULL(SUM(traded.volume), 0) AS volume
    FROM (${lastPrices(ends)}) AS last JOIN tbl_shareHistory history ON history.share = last.share AND history.date = last.date
    LEFT JOIN (${trades(year)}) AS traded ON traded.share = last.share AND traded.period <= last.period
    GROUP BY last.share, last.period
  ) AS held`

const dividends = (year: number): Sql => {
  const { from, until } = yearBounds(year)
  return sql`
  SELECT IFNULL(SUM(e.amount), 0) FROM tbl_shareTransaction trade
  JOIN tbl_accountingEntry e ON e.id = trade.accountingEntry JOIN tbl_transaction t ON t.id = e.transaction JOIN tbl_category c ON c.id = e.category
  WHERE trade.share = share.id AND c.name = 'Dividende (Wertpapiere)' AND t.dateValue >= ${from} AND t.dateValue < ${until}`
}

/** The years that the database can reckon with. */
const exists = (year: number) => year > 1000 && year < 9999

/** Shares that were held at the end of any month. */
export const securities = async (db: Db, year: number, today: string): Promise<readonly SecurityRow[]> => {
  const ends = exists(year) ? monthEnds(year, today) : []
  if (ends.length === 0) return []
  return db.all(sql`
    SELECT share.name AS security, ${monthSums((month) => sql`period = ${month}`)}, (${dividends(year)}) AS total
    FROM (${snapshots(year, ends)}) AS held JOIN tbl_share share ON share.id = held.share
    GROUP BY share.id HAVING MAX(IF(period > 0, volume, 0)) > 0 ORDER BY share.name, share.id`)
}

/** All shares together; the total is what the year has changed. */
export const portfolio = async (db: Db, year: number, today: string): Promise<MonthRow<never> | undefined> => {
  const ends = monthEnds(year, today)
  if (ends.length === 0) return undefined
  return db.first(sql`
    SELECT ${monthSums((month) => sql`period = ${month}`)}, SUM(IF(period = 12, amount, 0)) - SUM(IF(period = 0, amount, 0)) AS total
    FROM (${snapshots(year, ends)}) AS held HAVING COUNT(*) > 0`)
}
