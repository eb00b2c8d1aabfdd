// Triggers only note down what changed, so that nobody who writes waits for another one; whoever reads later adds the notes to a total, for good.
import sql, { raw } from 'sql-template-tag'
import type { Db } from './db.ts'
import { DatabaseError } from './errors.ts'

/** A table of notes, each with an `id` of UUID_SHORT(), and how some of them are added to what they are for. */
export interface Notes {
  readonly table: string
  /** `from` is what stands behind FROM; in the order of the totals' key. */
  readonly added: (from: string) => readonly string[]
}

/** So many are taken over at once: a report waits for it, less than a tenth of a second. */
const batch = 5_000

/** Looked up one by one: a scan, or the end of a range, would wait for the rows of those who are not done. */
const listed = (table: string, ids: readonly string[]): string =>
  `(SELECT CAST(0 AS UNSIGNED) AS id UNION ALL VALUES ${ids.map((id) => `(${id})`).join(', ')}) AS listed
  STRAIGHT_JOIN ${table} AS taken ON taken.id = listed.id`

/** What another one is writing is passed by: nobody waits for this, and this waits for nobody. */
const takeSome = async (db: Db, { table, added }: Notes): Promise<void> => {
  // as texts: they are too large for a number of JavaScript
  const rows = await db.all<{ id: string }>(raw(`SELECT CAST(id AS CHAR) AS id FROM ${table} ORDER BY ${table}.id LIMIT ${batch} FOR UPDATE SKIP LOCKED`))
  if (rows.length === 0) return
  const from = listed(
    table,
    rows.map(({ id }) => id),
  )
  for (const statement of added(from)) await db.run(raw(statement))
  await db.run(raw(`DELETE taken FROM ${from}`))
}

/** A deadlock, a lock that is not to be had, a binary log by statements, a server that only reads: the next reader tries again. */
const harmless: readonly number[] = [1205, 1213, 1290, 1665, 1792, 1836]

/** Takes over what is noted down, or a part of it when it is much. Where another one is doing it there is nothing to do. */
export const takeOver = async (db: Db, notes: Notes): Promise<void> => {
  try {
    await db.pinned(async (pinned) => {
      // given back with the connection
      const lock = await pinned.first<{ got: number | null }>(sql`SELECT GET_LOCK(MD5(CONCAT(DATABASE(), '.', ${notes.table})), 0) AS got`)
      if (lock?.got !== 1) return
      // rows are locked, not the place where others add theirs
      await pinned.run(raw('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'))
      await pinned.transaction((inside) => takeSome(inside, notes))
    })
  } catch (error) {
    if (!(error instanceof DatabaseError && harmless.includes(error.errno))) throw error
  }
}
