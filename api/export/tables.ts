// What there is to export: the tables that hold a user's data, whoever made them, without bookkeeping and without what is computed from the rest.
import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'

export interface Column {
  readonly name: string
  readonly isText: boolean
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** The one column that rows can be counted on by, or all by which they are told apart. */
  readonly key: readonly string[]
}

export type Row = Readonly<Record<string, string | number | boolean | Buffer | null>>

interface Described {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly isKey: number
}

const numbersAndTimes = new Set('tinyint smallint mediumint int bigint decimal float double bit year date datetime timestamp time'.split(' '))

/** Names of the database's own telling, which can be any. */
const identifier = (name: string): Sql => raw(`\`${name.replaceAll('`', '``')}\``)

const tableOf = (name: string, described: readonly Described[]): Table => {
  const columns = described.map(({ column, type }) => ({ name: column, isText: !numbersAndTimes.has(type.toLowerCase()) }))
  const key = described.filter(({ isKey }) => isKey === 1).map(({ column }) => column)
  return { name, columns, key: key.length > 0 ? key : columns.map((column) => column.name) }
}

export const listTables = async (db: Db): Promise<readonly Table[]> => {
  const described = await db.all<Described>(sql`
    SELECT c.TABLE_NAME AS \`table\`, c.COLUMN_NAME AS \`column\`, c.DATA_TYPE AS type, c.COLUMN_KEY = 'PRI' AS isKey
    FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND c.TABLE_NAME LIKE 'tbl\\_%' AND COALESCE(c.GENERATION_EXPRESSION, '') = ''
    ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`)
  return [...Map.groupBy(described, ({ table }) => table)].map(([name, columns]) => tableOf(name, columns))
}

/** Rows in memory at a time. */
const pageSize = 500

/** The rows in the order of their key, a page at a time. */
export async function* pagesOf(db: Db, { name, columns, key }: Table): AsyncGenerator<readonly Row[]> {
  const [first = '', ...others] = key
  const selection = sql`SELECT ${join(columns.map((column) => identifier(column.name)))} FROM ${identifier(name)}`
  const order = sql`ORDER BY ${join(key.map(identifier))} LIMIT ${pageSize}`
  for (let read = 0, last: Row[string] | undefined; ; ) {
    // behind the last one where one column tells rows apart; else the database counts them each time
    const after = others.length === 0 && last !== undefined ? sql`WHERE ${identifier(first)} > ${last}` : empty
    const offset = others.length === 0 ? empty : sql`OFFSET ${read}`
    const rows = await db.all<Row>(sql`${selection} ${after} ${order} ${offset}`)
    if (rows.length > 0) yield rows
    if (rows.length < pageSize) return
    read += rows.length
    last = rows.at(-1)?.[first]
  }
}
