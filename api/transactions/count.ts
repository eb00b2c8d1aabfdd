// How many transactions there are, without counting them: migration 004 has triggers that keep account of it.
import sql, { empty } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { countTriggers } from '../db/migrations/004/count-triggers.ts'
import { addCounts, countTriggersFound } from '../db/migrations/004/counts.ts'
import { type Notes, takeOver } from '../db/noted-changes.ts'

/** With so many changes that are to be added while reading, adding them for good pays. */
const manyChanges = 2_000

const changes: Notes = {
  table: 'finia_transaction_changes',
  added: (from) => [addCounts(`SELECT account, SUM(weight) FROM ${from} GROUP BY account ORDER BY account`)],
}

export const takeCountsOver = (db: Db): Promise<void> => takeOver(db, changes)

interface State {
  readonly total: number
  readonly filled: number
  readonly triggers: number
  readonly changes: number
}

/** Of an account, or of all (0). Undefined when the number has missed changes: the migration is due, or a dump of FiniA's has taken the triggers. */
export const countKept = async (db: Db, account: number): Promise<number | undefined> => {
  const chosen = account ? sql`WHERE account = ${account}` : empty
  const state = await db.first<State>(sql`
    SELECT (SELECT CAST(IFNULL(SUM(number), 0) AS SIGNED) FROM (
        SELECT transactions AS number FROM finia_transaction_count ${chosen} UNION ALL SELECT weight FROM finia_transaction_changes ${chosen}) AS counted) AS total,
      (SELECT COUNT(*) FROM finia_schema WHERE version = '004') AS filled, ${countTriggersFound} AS triggers,
      (SELECT COUNT(*) FROM (SELECT id FROM finia_transaction_changes LIMIT ${manyChanges}) AS some) AS changes`)
  if (!state || state.filled === 0 || state.triggers < countTriggers.length) return undefined
  if (state.changes === manyChanges) await takeCountsOver(db)
  return state.total
}
