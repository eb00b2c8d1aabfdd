// What shares are worth at the ends of a year's months. As the view view_shareMonthlySnapshot, for these months only and with our own day for today.
import sql, { join, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { type MonthRow, monthSums } from '../reports/months.ts'
import { yearBounds } from '../reports/movements.ts'

export type SecurityRow = Readonly<Record<'security', string | null>> & MonthRow<never>

/** The December before is period 0. */
const monthEnds = (year: number): Sql =>
  join(
    Array.from({ length: 13 }, (_, period) => sql`SELECT ${period} AS period, LAST_DAY(${`${year - 1}-12-01`} + INTERVAL ${period} MONTH) AS day`),
    ' UNION ALL ',
  )

/** A share without a price is worth nothing yet; prices reach a year ahead. */
const snapshots = (year: number, today: string): Sql => sql`
  SELECT share, period, volume, volume * price AS amount FROM (
    SELECT share.id AS share, months.period,
      (SELECT history.amount FROM tbl_shareHistory history WHERE history.share = share.id AND history.date < months.day + INTERVAL 1 DAY
        ORDER BY history.date DESC, history.id DESC LIMIT 1) AS price,
      IFNULL((SELECT SUM(trade.tradingVolume) FROM tbl_shareTransaction trade
        WHERE trade.share = share.id AND trade.dateTransaction < months.day + INTERVAL 1 DAY), 0) AS volume
    FROM (${monthEnds(year)}) AS months JOIN tbl_share share WHERE months.day <= LAST_DAY(${today} + INTERVAL 1 YEAR)
  ) AS held WHERE price IS NOT NULL`

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
export const securities = async (db: Db, year: number, today: string): Promise<readonly SecurityRow[]> =>
  exists(year)
    ? db.all(sql`
      SELECT share.name AS security, ${monthSums((month) => sql`period = ${month}`)}, (${dividends(year)}) AS total
      FROM (${snapshots(year, today)}) AS held JOIN tbl_share share ON share.id = held.share
      GROUP BY share.id HAVING MAX(IF(period > 0, volume, 0)) > 0 ORDER BY share.name, share.id`)
    : []

/** All shares together; the total is what the year has changed. */
export const portfolio = (db: Db, year: number, today: string): Promise<MonthRow<never> | undefined> =>
  db.first(sql`
    SELECT ${monthSums((month) => sql`period = ${month}`)}, SUM(IF(period = 12, amount, 0)) - SUM(IF(period = 0, amount, 0)) AS total
    FROM (${snapshots(year, today)}) AS held HAVING COUNT(*) > 0`)
