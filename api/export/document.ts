// The text of an export, piece by piece. Amounts keep all their decimals as strings, times are ISO 8601, what is no text is base64.
import type { Db } from '../db/db.ts'
import { csvHead, csvLine, type Purpose, type Value } from './csv.ts'
import { listTables, pagesOf, type Row, type Table } from './tables.ts'

export interface Head {
  readonly exported_at: string
  readonly release: string
  readonly user: string
  readonly database: string
}

const readable = (row: Row): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('base64') : value]))

async function* jsonRows(db: Db, table: Table): AsyncGenerator<string> {
  let separator = '\n'
  for await (const rows of pagesOf(db, table)) {
    yield `${separator}${rows.map((row) => JSON.stringify(readable(row))).join(',\n')}`
    separator = ',\n'
  }
}

export async function* jsonExport(db: Db, head: Head): AsyncGenerator<string> {
  const tables = await listTables(db)
  // the object is left open for one more key
  yield `${JSON.stringify(head).slice(0, -1)},"tables":{`
  for (const [index, table] of tables.entries()) {
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(table.name)}:[`
    yield* jsonRows(db, table)
    yield ']'
  }
  yield '\n}}\n'
}

export async function* csvExport(db: Db, table: Table, purpose: Purpose): AsyncGenerator<string> {
  yield csvHead(table.columns, purpose)
  for await (const rows of pagesOf(db, table)) yield rows.map((row) => csvLine(table.columns, readable(row), purpose)).join('')
}
