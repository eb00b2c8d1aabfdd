// A search for a part of a text, as quick as the index of folded texts makes it (migration 004). It finds what LIKE finds.
import sql, { empty, join, type Sql } from 'sql-template-tag'
import { textsLike } from './query.ts'

/** What a term means beyond the transactions themselves. */
export interface Named {
  readonly accounts: readonly number[]
  readonly categories: readonly number[]
}

/** The parts of a term between what has a meaning of its own in a pattern: whatever it finds contains each of them. A line end parts the folded texts. */
export const piecesOf = (term: string): readonly string[] => term.split(/[%_\\\n]/).filter((piece) => piece !== '')

const isLiteral = (term: string): boolean => !/[%_\\\n]/.test(term)

const folded = (piece: string): Sql =>
  sql`CAST(CONVERT(CONVERT(WEIGHT_STRING(CONVERT(${piece} USING utf8mb3) COLLATE utf8mb3_general_ci) USING ucs2) USING utf8mb3) AS BINARY)`

/** Asked of single rows: by this way the scan itself reads nothing but the index. */
const reallyLike = (term: string): Sql => sql`EXISTS (SELECT 1 FROM tbl_transaction p WHERE p.id = t.id AND ${textsLike(sql`p`, term)})`

const textCondition = (term: string): Sql => {
  const pieces = piecesOf(term)
  if (pieces.length === 0) return reallyLike(term)
  const contains = join(
    pieces.map((piece) => sql`INSTR(t.finia_search, ${folded(piece)}) > 0`),
    ' AND ',
  )
  return isLiteral(term)
    ? sql`(${contains} OR (t.finia_search IS NULL AND ${reallyLike(term)}))`
    : sql`(((${contains}) OR t.finia_search IS NULL) AND ${reallyLike(term)})`
}

/** Over t (transaction) alone. */
export const quickSearch = (term: string, { accounts, categories }: Named): Sql =>
  sql`(${textCondition(term)}${accounts.length > 0 ? sql` OR t.account IN (${join(accounts)})` : empty}${
    categories.length > 0 ? sql` OR t.id IN (SELECT e.transaction FROM tbl_accountingEntry e WHERE e.category IN (${join(categories)}))` : empty
  })`

export const chosenIds = (ids: readonly number[]): Sql => sql`WHERE t.id IN (${join(ids)})`
