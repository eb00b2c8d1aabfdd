// Import formats are rows of tbl_setting: `{"name": …, "config": …}` under the key import_format. That names are unique is up to us.
import sql from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { Conflict, HttpError } from '../errors.ts'
import { repaired } from '../import/format.ts'

export type Config = Readonly<Record<string, unknown>>

export interface ImportFormat {
  readonly id: number
  readonly name: string
  readonly config: Config
}

interface SettingRow {
  readonly id: number
  readonly value: string
}

const formatNotFound = () => new HttpError(404, 'Format not found')

/** All of them, oldest first. */
export const listImportFormats = async (db: Db): Promise<readonly ImportFormat[]> =>
  (await db.all<SettingRow>(sql`SELECT id, value FROM tbl_setting WHERE \`key\` = 'import_format' ORDER BY id`)).flatMap(formatOfRow)

// Locked, so that two requests cannot both find a name to be free.
const lockImportFormats = async (db: Db): Promise<readonly ImportFormat[]> =>
  (await db.all<SettingRow>(sql`SELECT id, value FROM tbl_setting WHERE \`key\` = 'import_format' ORDER BY id FOR UPDATE`)).flatMap(formatOfRow)

const isObject = (value: unknown): value is Config => typeof value === 'object' && value !== null && !Array.isArray(value)

const formatOfRow = ({ id, value }: SettingRow): readonly ImportFormat[] => {
  const stored: unknown = JSON.parse(value)
  if (!isObject(stored) || typeof stored['name'] !== 'string' || !isObject(stored['config'])) return []
  return [{ id, name: stored['name'], config: repaired(stored['config']) }]
}

const insertFormat = async (db: Db, name: string, config: Config): Promise<number> =>
  (await db.run(sql`INSERT INTO tbl_setting (user_id, \`key\`, value) VALUES (NULL, 'import_format', ${JSON.stringify({ name, config })})`)).insertId

const updateFormat = (db: Db, id: number, name: string, config: Config) =>
  db.run(sql`UPDATE tbl_setting SET value = ${JSON.stringify({ name, config })} WHERE id = ${id}`)

export const createImportFormat = (db: Db, name: string, config: Config): Promise<ImportFormat> =>
  retriedTransaction(db, async (inside) => {
    const formats = await lockImportFormats(inside)
    if (formats.some((format) => format.name === name)) throw new Conflict(`Format '${name}' already exists`)
    return { id: await insertFormat(inside, name, config), name, config }
  })

export const changeImportFormat = (db: Db, id: number, name: string, config: Config): Promise<ImportFormat> =>
  retriedTransaction(db, async (inside) => {
    const formats = await lockImportFormats(inside)
    if (!formats.some((format) => format.id === id)) throw formatNotFound()
    if (formats.some((format) => format.name === name && format.id !== id)) throw new Conflict(`Format '${name}' already exists`)
    await updateFormat(inside, id, name, config)
    return { id, name, config }
  })

export const deleteImportFormat = async (db: Db, id: number): Promise<void> => {
  const { affectedRows } = await db.run(sql`DELETE FROM tbl_setting WHERE id = ${id} AND \`key\` = 'import_format'`)
  if (affectedRows === 0) throw formatNotFound()
}

/** Stores each; an existing one of the name is replaced, or kept when `keep` says so. */
export const storeImportFormats = (db: Db, wanted: readonly Omit<ImportFormat, 'id'>[], keep = false): Promise<number> =>
  retriedTransaction(db, async (inside) => {
    const ids = new Map((await lockImportFormats(inside)).map(({ id, name }) => [name, id]))
    let stored = 0
    for (const { name, config } of wanted) {
      const id = ids.get(name)
      if (id !== undefined && keep) continue
      if (id === undefined) ids.set(name, await insertFormat(inside, name, config))
      else await updateFormat(inside, id, name, config)
      stored++
    }
    return stored
  })
