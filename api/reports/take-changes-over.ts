// Adds what the triggers have noted down to the sums, for good. Reports are right without it; with it they stay quick.
import sql, { raw } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { readCommitted, sums, taken } from '../db/migrations/003/sums.ts'

const batch = 10_000
const mostBatches = 5
/** Numbers are given to all databases of a server, so that there are gaps; with more ranges the server would read the whole table. */
const mostRanges = 2_000

type Range = readonly [first: bigint, last: bigint]

/** Runs of numbers that follow each other; the numbers ascend. They are too large for a number of JavaScript. */
export const rangesOf = (ids: readonly bigint[]): readonly Range[] => {
  const ranges: [bigint, bigint][] = []
  for (const id of ids) {
    const last = ranges.at(-1)
    if (last && last[1] === id - 1n) last[1] = id
    else ranges.push([id, id])
  }
  return ranges
}

/** Looked up one by one: a scan, or the end of a range, would wait for the rows of those who are not done. */
const remove = (db: Db, ids: readonly string[]) =>
  db.run(
    raw(`DELETE taken FROM (SELECT CAST(0 AS UNSIGNED) AS id UNION ALL VALUES ${ids.map((id) => `(${id})`).join(', ')}) AS listed
    STRAIGHT_JOIN finia_changes AS taken ON taken.id = listed.id`),
  )

/** Whether there is more. What another one is writing or taking over is passed by: nobody waits for this, and this waits for nobody. */
const takeSome = async (db: Db): Promise<boolean> => {
  const rows = await db.all<{ id: string }>(
    sql`SELECT CAST(id AS CHAR) AS id FROM finia_changes ORDER BY finia_changes.id LIMIT ${batch} FOR UPDATE SKIP LOCKED`,
  )
  const all = rangesOf(rows.map(({ id }) => BigInt(id)))
  const ranges = all.slice(0, mostRanges)
  const end = ranges.at(-1)?.[1]
  if (end === undefined) return false
  const where = ranges.map(([first, last]) => `id BETWEEN ${first} AND ${last}`).join(' OR ')
  for (const one of sums) await db.run(raw(taken(one, where)))
  await remove(
    db,
    rows.map(({ id }) => id).filter((id) => BigInt(id) <= end),
  )
  return rows.length === batch || ranges.length < all.length
}

/** A deadlock, a lock that is not to be had, a server that only reads: the next report tries again. */
const harmless: readonly number[] = [1205, 1213, 1290, 1792, 1836]

export const takeChangesOver = async (db: Db): Promise<void> => {
  try {
    await db.pinned(async (pinned) => {
      // rows are locked, not the place where others add theirs
      await pinned.run(raw(readCommitted))
      for (let turn = 0; turn < mostBatches; turn++) if (!(await pinned.transaction(takeSome))) return
    })
  } catch (error) {
    if (!(error instanceof DatabaseError && harmless.includes(error.errno))) throw error
  }
}
