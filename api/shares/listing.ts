// What the three lists of this folder have in common, as SQL.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import { isBasicText } from '../db/basic-text.ts'

export interface Listing {
  readonly page: number
  readonly page_size: number
  readonly search: string
  readonly sort_by: string
  readonly sort_dir: string
}

/** Rows whose share `s` has the text in its name or one of its numbers. */
export const matchingShare = (search: string): readonly Sql[] => {
  if (search === '') return []
  const term = `%${search}%`
  return [isBasicText(search) ? sql`(s.name LIKE ${term} OR s.isin LIKE ${term} OR s.wkn LIKE ${term})` : sql`FALSE`]
}

export const where = (conditions: readonly Sql[]): Sql => (conditions.length > 0 ? sql`WHERE ${join([...conditions], ' AND ')}` : empty)

type Direction = 'asc' | 'desc'
const directions = { asc: sql`ASC`, desc: sql`DESC` }

export interface Sorting {
  readonly columns: Readonly<Record<string, Sql>>
  /** For a sort_by that is none of the columns. */
  readonly fallback: Sql
  readonly direction: Direction
  /** Decides between equal rows, so that no page repeats another one's. */
  readonly id: Sql
}

export const orderBy = ({ columns, fallback, direction, id }: Sorting, { sort_by, sort_dir }: Listing): Sql => {
  const column = (Object.hasOwn(columns, sort_by) ? columns[sort_by] : undefined) ?? fallback
  const wanted = sort_dir.toLowerCase()
  const order = directions[wanted === 'asc' || wanted === 'desc' ? wanted : direction]
  return sql`ORDER BY ${column} ${order}, ${id} ${order}`
}

/** The server counts rows in 64 bits. */
export const onPage = ({ page, page_size }: Listing): Sql => sql`LIMIT ${page_size} OFFSET ${Math.min((page - 1) * page_size, Number.MAX_SAFE_INTEGER)}`
