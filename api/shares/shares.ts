// The statements about shares.
import sql, { bulk, type Sql } from 'sql-template-tag'
import { isBasicText } from '../db/basic-text.ts'
import type { Db } from '../db/db.ts'
import { type Listing, matchingShare, onPage, orderBy, type Sorting, where } from './listing.ts'

export interface ShareRow {
  readonly id: number
  readonly name: string | null
  readonly isin: string
  readonly wkn: string | null
  readonly currentVolume: string
  readonly currentPrice: string
  readonly portfolioValue: string
  readonly investments: string
  readonly proceeds: string
  readonly net: string
  readonly dividends: string
}
export interface ShareNames {
  readonly isin: string
  readonly name: string | null
  readonly wkn: string | null
}
export interface ShareListing extends Listing {
  readonly filter: string
}
export type KnownShare = Pick<ShareRow, 'id' | 'isin' | 'wkn'>

const filters: Readonly<Record<string, Sql>> = {
  in_stock: sql`(SELECT SUM(held.tradingVolume) FROM tbl_shareTransaction held WHERE held.share = s.id) <> 0`,
  incomplete: sql`(s.name IS NULL OR s.name = '' OR s.wkn IS NULL OR s.wkn = '')`,
}

const sorting: Sorting = {
  columns: {
    wkn: sql`s.wkn`,
    isin: sql`s.isin`,
    currentVolume: sql`currentVolume`,
    currentPrice: sql`currentPrice`,
    portfolioValue: sql`portfolioValue`,
    investments: sql`investments`,
    proceeds: sql`proceeds`,
    net: sql`net`,
  },
  fallback: sql`s.name`,
  direction: 'asc',
  id: sql`s.id`,
}

const chosen = ({ search, filter }: ShareListing): Sql => {
  const condition = Object.hasOwn(filters, filter) ? filters[filter] : undefined
  return where([...matchingShare(search), ...(condition ? [condition] : [])])
}

const traded = sql`
  SELECT trade.share, SUM(trade.tradingVolume) AS volume, SUM(entry.amount) AS net,
    ABS(SUM(IF(trade.tradingVolume > 0, entry.amount, NULL))) AS investments,
    ABS(SUM(IF(trade.tradingVolume < 0, entry.amount, NULL))) AS proceeds,
    ABS(SUM(IF(trade.tradingVolume = 0, entry.amount, NULL))) AS dividends
  FROM tbl_shareTransaction trade LEFT JOIN tbl_accountingEntry entry ON entry.id = trade.accountingEntry GROUP BY trade.share`

// By the newest date of each share, which the index on both has at hand: a share has one price at a time.
const newest = sql`SELECT share, MAX(date) AS date FROM tbl_shareHistory GROUP BY share`

export const listShares = (db: Db, listing: ShareListing): Promise<readonly ShareRow[]> =>
  db.all(sql`
    SELECT s.id, s.name, s.isin, s.wkn, IFNULL(t.volume, 0) AS currentVolume, IFNULL(price.amount, 0) AS currentPrice,
      IFNULL(t.volume * price.amount, 0) AS portfolioValue,
      IFNULL(t.investments, 0) AS investments, IFNULL(t.proceeds, 0) AS proceeds, IFNULL(t.net, 0) AS net, IFNULL(t.dividends, 0) AS dividends
    FROM tbl_share s LEFT JOIN (${traded}) t ON t.share = s.id
      LEFT JOIN (${newest}) n ON n.share = s.id LEFT JOIN tbl_shareHistory price ON price.share = s.id AND price.date = n.date
    ${chosen(listing)} ${orderBy(sorting, listing)} ${onPage(listing)}`)

export const countShares = async (db: Db, listing: ShareListing): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM tbl_share s ${chosen(listing)}`))?.total ?? 0

export const insertShare = async (db: Db, { isin, name, wkn }: ShareNames): Promise<number> =>
  (await db.run(sql`INSERT INTO tbl_share (dateImport, name, isin, wkn) VALUES (NOW(), ${name}, ${isin}, ${wkn})`)).insertId

/** For shares of which nothing but the number is known. */
export const insertIsins = (db: Db, isins: readonly string[]) =>
  db.run(sql`INSERT INTO tbl_share (dateImport, isin) VALUES ${bulk(isins.map((isin) => [sql`NOW()`, isin]))}`)

export const updateShare = (db: Db, id: number, { isin, name, wkn }: ShareNames) =>
  db.run(sql`UPDATE tbl_share SET name = ${name}, isin = ${isin}, wkn = ${wkn} WHERE id = ${id}`)

export const deleteShare = (db: Db, id: number) => db.run(sql`DELETE FROM tbl_share WHERE id = ${id}`)

/** Locked until the transaction ends: what depends on the share's other rows is decided by one request at a time. */
export const lockShare = async (db: Db, isin: string): Promise<number | undefined> =>
  isBasicText(isin) ? (await db.first<{ id: number }>(sql`SELECT id FROM tbl_share WHERE isin = ${isin} FOR UPDATE`))?.id : undefined

/** All of them, locked until the transaction ends; there are as many as a person owns. */
export const lockShares = (db: Db): Promise<readonly KnownShare[]> => db.all(sql`SELECT id, isin, wkn FROM tbl_share ORDER BY id FOR UPDATE`)
