// The accounting entries that can be linked to a share transaction.
import sql, { empty, join } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { readWrittenDate } from './written-date.ts'

interface EntryRow {
  readonly id: number
  readonly amount: string
  readonly dateImport: string | null
  readonly description: string | null
  readonly dateValue: string | null
}
export interface Entry extends EntryRow {
  /** What a list to choose from shows. */
  readonly display: string
}

const types: readonly string[] = ['buy', 'sell', 'dividend']
const most = 100

/** The categories that the settings name for a type of transaction; for any other type, those of all. */
export const categoriesFor = (settings: readonly string[], type: string): readonly number[] => {
  const found = settings.flatMap((text): readonly number[] => {
    const setting: unknown = JSON.parse(text)
    if (typeof setting !== 'object' || setting === null || !('category_id' in setting) || !('type' in setting)) return []
    // It is stored as it was sent: as a text, too.
    const id = typeof setting.category_id === 'string' ? Number(setting.category_id) : setting.category_id
    return typeof id === 'number' && Number.isSafeInteger(id) && (!types.includes(type) || setting.type === type) ? [id] : []
  })
  return [...new Set(found)]
}

export const displayOf = ({ id, amount, description, dateValue }: EntryRow): string =>
  description && dateValue ? `${dateValue.replace('T', ' ')} - ${description} (${amount}€)` : `ID: ${id}`

const shown = (row: EntryRow): Entry => ({ ...row, display: displayOf(row) })

const listCategorySettings = async (db: Db): Promise<readonly string[]> =>
  (await db.all<{ value: string }>(sql`SELECT value FROM tbl_setting WHERE \`key\` = 'share_tx_category' ORDER BY id`)).map(({ value }) => value)

const columns = sql`e.id, e.amount, e.dateImport, t.description, t.dateValue FROM tbl_accountingEntry e JOIN tbl_transaction t ON t.id = e.transaction`

const near = (date: string) => {
  const day = readWrittenDate(date)?.slice(0, 10)
  return day === undefined ? empty : sql`AND t.dateValue >= CAST(${day} AS DATE) - INTERVAL 7 DAY AND t.dateValue < CAST(${day} AS DATE) + INTERVAL 8 DAY`
}

/** Newest first; a date that is none counts as not given. */
export const listLinkableEntries = async (db: Db, type: string, date: string): Promise<readonly Entry[]> => {
  const categories = categoriesFor(await listCategorySettings(db), type)
  if (categories.length === 0) return []
  const rows = await db.all<EntryRow>(sql`
    SELECT ${columns}
    WHERE e.category IN (${join([...categories])}) AND NOT EXISTS (SELECT 1 FROM tbl_shareTransaction linked WHERE linked.accountingEntry = e.id)
      ${near(date)} ORDER BY t.dateValue DESC, e.id DESC LIMIT ${most}`)
  return rows.map(shown)
}

export const findEntry = async (db: Db, id: number): Promise<Entry | undefined> => {
  const row = await db.first<EntryRow>(sql`SELECT ${columns} WHERE e.id = ${id}`)
  return row && shown(row)
}

/** It stays until the transaction ends, when there is one. */
export const lockEntry = async (db: Db, id: number): Promise<boolean> =>
  (await db.first(sql`SELECT id FROM tbl_accountingEntry WHERE id = ${id} LOCK IN SHARE MODE`)) !== undefined
