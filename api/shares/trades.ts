// The statements about a share's transactions: bought, sold, or (volume 0) a dividend.
import sql, { bulk } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { type Listing, matchingShare, onPage, orderBy, type Sorting, where } from './listing.ts'
import type { Movement } from './month-ends.ts'

export interface TradeRow {
  readonly id: number
  readonly dateImport: string | null
  readonly tradingVolume: string
  readonly dateTransaction: string | null
  readonly checked: number
  readonly share: number
  readonly accountingEntry: number | null
  readonly share_name: string | null
  readonly isin: string
  readonly wkn: string | null
  readonly accountingEntry_amount: string | null
}
export interface Trade {
  readonly share: number
  readonly volume: string
  readonly date: string
  readonly entry: number | null
}

const sorting: Sorting = {
  columns: { share_name: sql`s.name`, tradingVolume: sql`t.tradingVolume`, wkn: sql`s.wkn`, isin: sql`s.isin` },
  fallback: sql`t.dateTransaction`,
  direction: 'desc',
  id: sql`t.id`,
}

export const listTrades = (db: Db, listing: Listing): Promise<readonly TradeRow[]> =>
  db.all(sql`
    SELECT t.id, t.dateImport, t.tradingVolume, t.dateTransaction, t.checked, t.share, t.accountingEntry, s.name AS share_name, s.isin, s.wkn,
      e.amount AS accountingEntry_amount
    FROM tbl_shareTransaction t JOIN tbl_share s ON s.id = t.share LEFT JOIN tbl_accountingEntry e ON e.id = t.accountingEntry
    ${where(matchingShare(listing.search))} ${orderBy(sorting, listing)} ${onPage(listing)}`)

export const countTrades = async (db: Db, { search }: Listing): Promise<number> =>
  (
    await db.first<{ total: number }>(
      sql`SELECT COUNT(*) AS total FROM tbl_shareTransaction t JOIN tbl_share s ON s.id = t.share ${where(matchingShare(search))}`,
    )
  )?.total ?? 0

/** One that is there already (share, volume and time) stays as it is. */
export const insertTrade = (db: Db, { share, volume, date, entry }: Trade) =>
  db.run(sql`
    INSERT INTO tbl_shareTransaction (dateImport, tradingVolume, dateTransaction, checked, share, accountingEntry)
    VALUES (NOW(), ${volume}, ${date}, 0, ${share}, ${entry}) ON DUPLICATE KEY UPDATE tbl_shareTransaction.id = tbl_shareTransaction.id`)

const together = 1000

/** Answers how many were new. IGNORE passes over what is there already; the rows must be such that it has nothing else to hide. */
export const insertTrades = async (db: Db, trades: readonly Trade[]): Promise<number> => {
  let inserted = 0
  for (let start = 0; start < trades.length; start += together) {
    const values = trades.slice(start, start + together).map(({ share, volume, date, entry }) => [sql`NOW()`, volume, date, 0, share, entry])
    const { affectedRows } = await db.run(
      sql`INSERT IGNORE INTO tbl_shareTransaction (dateImport, tradingVolume, dateTransaction, checked, share, accountingEntry) VALUES ${bulk(values)}`,
    )
    inserted += affectedRows
  }
  return inserted
}

export const updateTrade = (db: Db, id: number, { share, volume, date, entry }: Trade) =>
  db.run(sql`
    UPDATE tbl_shareTransaction SET share = ${share}, tradingVolume = ${volume}, dateTransaction = ${date}, accountingEntry = ${entry} WHERE id = ${id}`)

export const deleteTrade = (db: Db, id: number) => db.run(sql`DELETE FROM tbl_shareTransaction WHERE id = ${id}`)

/** How much of each share there was at the end of each month with transactions; a zero date, which other programs can store, is in no month. */
export const listMovements = async (db: Db): Promise<readonly Movement[]> => {
  const rows = await db.all<{ share: number; monthEnd: string; held: number }>(sql`
    SELECT share, monthEnd, SUM(volume) OVER (PARTITION BY share ORDER BY monthEnd) <> 0 AS held FROM (
      SELECT share, LAST_DAY(dateTransaction) AS monthEnd, SUM(tradingVolume) AS volume FROM tbl_shareTransaction
      WHERE dateTransaction >= '0001-01-01' GROUP BY share, LAST_DAY(dateTransaction)
    ) AS moved ORDER BY share, monthEnd`)
  return rows.map(({ share, monthEnd, held }) => ({ share, monthEnd, held: held !== 0 }))
}
