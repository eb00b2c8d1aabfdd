// The statements about prices: a share's history.
import sql, { bulk } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { type Listing, matchingShare, onPage, orderBy, type Sorting, where } from './listing.ts'

export interface HistoryRow {
  readonly id: number
  readonly dateImport: string | null
  readonly amount: string
  readonly date: string | null
  readonly checked: number
  readonly share: number
  readonly share_name: string | null
  readonly isin: string
  readonly wkn: string | null
}
export interface HistoryListing extends Listing {
  readonly checked: string
}
export interface Price {
  readonly share: number
  readonly date: string
  readonly amount: string
}

const sorting: Sorting = {
  columns: { share_name: sql`s.name`, amount: sql`h.amount`, wkn: sql`s.wkn`, isin: sql`s.isin` },
  fallback: sql`h.date`,
  direction: 'desc',
  id: sql`h.id`,
}
const source = sql`FROM tbl_shareHistory h JOIN tbl_share s ON s.id = h.share`
const chosen = ({ search, checked }: HistoryListing) => where([...matchingShare(search), ...(checked === 'unchecked' ? [sql`h.checked = 0`] : [])])

/** Which rows are on the page is found out with nothing but their ids: sorted with all their texts, they would go by way of the disk. */
export const listHistory = (db: Db, listing: HistoryListing): Promise<readonly HistoryRow[]> =>
  db.all(sql`
    SELECT h.id, h.dateImport, h.amount, h.date, h.checked, h.share, s.name AS share_name, s.isin, s.wkn
    FROM (SELECT h.id ${source} ${chosen(listing)} ${orderBy(sorting, listing)} ${onPage(listing)}) AS paged
      JOIN tbl_shareHistory h ON h.id = paged.id JOIN tbl_share s ON s.id = h.share ${orderBy(sorting, listing)}`)

export const countHistory = async (db: Db, listing: HistoryListing): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total ${source} ${chosen(listing)}`))?.total ?? 0

/** Whether the share has a price on the day of `date`, other than the row `except`. */
export const hasPriceOn = async (db: Db, share: number, date: string, except = 0): Promise<boolean> => {
  const day = date.slice(0, 10)
  const row = await db.first(sql`
    SELECT id FROM tbl_shareHistory
    WHERE share = ${share} AND date BETWEEN ${`${day} 00:00:00`} AND ${`${day} 23:59:59`} AND id <> ${except} LIMIT 1`)
  return row !== undefined
}

/** Locked until the transaction ends, when there is one. */
export const lockHistory = async (db: Db, id: number): Promise<boolean> =>
  (await db.first(sql`SELECT id FROM tbl_shareHistory WHERE id = ${id} FOR UPDATE`)) !== undefined

const together = 1000

export const insertPrices = async (db: Db, prices: readonly Price[]): Promise<void> => {
  for (let start = 0; start < prices.length; start += together) {
    const values = prices.slice(start, start + together).map(({ share, date, amount }) => [sql`NOW()`, amount, date, 0, share])
    await db.run(sql`INSERT INTO tbl_shareHistory (dateImport, amount, date, checked, share) VALUES ${bulk(values)}`)
  }
}

export const updateHistory = (db: Db, id: number, { share, date, amount }: Price, checked: boolean) =>
  db.run(sql`UPDATE tbl_shareHistory SET share = ${share}, date = ${date}, amount = ${amount}, checked = ${checked ? 1 : 0} WHERE id = ${id}`)

export const checkHistory = (db: Db, id: number, checked: boolean) => db.run(sql`UPDATE tbl_shareHistory SET checked = ${checked ? 1 : 0} WHERE id = ${id}`)

export const deleteHistory = (db: Db, id: number) => db.run(sql`DELETE FROM tbl_shareHistory WHERE id = ${id}`)

export interface PricedDay {
  readonly share: number
  readonly day: string
}

/** The days from `first` to `last` (YYYY-MM-DD) on which there are prices. */
export const listPricedDays = (db: Db, first: string, last: string): Promise<readonly PricedDay[]> =>
  db.all(sql`SELECT share, DATE(date) AS day FROM tbl_shareHistory WHERE date BETWEEN ${`${first} 00:00:00`} AND ${`${last} 23:59:59`}`)

export const listPricedMonthEnds = (db: Db): Promise<readonly PricedDay[]> =>
  db.all(sql`SELECT share, DATE(date) AS day FROM tbl_shareHistory WHERE DATE(date) = LAST_DAY(date)`)
