// Adds what the triggers have noted down to the sums, for good. Reports are right without it; with it they stay quick.
import sql, { raw } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { readCommitted, sums, taken } from '../db/migrations/003/sums.ts'

const batch = 20_000
const mostBatches = 10
/** Changes of those who are not done yet lie between the others; what is beyond has its turn later. */
const mostRanges = 200

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

/** Answers how many. What another one is writing or taking over is passed by: nobody waits for this, and this waits for nobody. */
const takeSome = async (db: Db): Promise<number> => {
  const rows = await db.all<{ id: string }>(
    sql`SELECT CAST(id AS CHAR) AS id FROM finia_changes ORDER BY finia_changes.id LIMIT ${batch} FOR UPDATE SKIP LOCKED`,
  )
  const ranges = rangesOf(rows.map(({ id }) => BigInt(id))).slice(0, mostRanges)
  if (ranges.length === 0) return 0
  const where = ranges.map(([first, last]) => `id BETWEEN ${first} AND ${last}`).join(' OR ')
  for (const one of sums) await db.run(raw(taken(one, where)))
  return (await db.run(raw(`DELETE FROM finia_changes WHERE ${where}`))).affectedRows
}

/** A deadlock, a lock that is not to be had, a server that only reads: the next report tries again. */
const harmless: readonly number[] = [1205, 1213, 1290, 1792, 1836]

export const takeChangesOver = async (db: Db): Promise<void> => {
  try {
    await db.pinned(async (pinned) => {
      // rows are locked, not the place where others add theirs
      await pinned.run(raw(readCommitted))
      for (let turn = 0; turn < mostBatches; turn++) if ((await pinned.transaction(takeSome)) < batch) return
    })
  } catch (error) {
    if (!(error instanceof DatabaseError && harmless.includes(error.errno))) throw error
  }
}
