// Sums of whole months, which triggers keep: the reports read them instead of all entries there ever were (docs/decisions/0008).
import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { accountMonths, categoryMonths } from '../db/migrations/003/sums.ts'
import { sumTriggers } from '../db/migrations/003/triggers.ts'
import { takeChangesOver } from './take-changes-over.ts'

/** With so many changes that are to be added while reading, adding them for good pays. */
const manyChanges = 2_000
/** To add so many while reading takes longer than to read the entries. */
const tooManyChanges = 20_000

const noSuchTable = 1146

interface State {
  readonly filled: number
  readonly triggers: number
  readonly changes: number
}

/** One statement: this is asked before every report. */
const stateOf = (db: Db): Promise<State | undefined> =>
  db.first(sql`
    SELECT (SELECT COUNT(*) FROM finia_schema WHERE version = '003') AS filled,
      (SELECT COUNT(*) FROM information_schema.triggers WHERE event_object_schema = DATABASE()
        AND event_object_table IN ('tbl_accountingEntry', 'tbl_transaction') AND trigger_name IN (${join(sumTriggers.map(({ name }) => name))})) AS triggers,
      (SELECT COUNT(*) FROM (SELECT id FROM finia_changes LIMIT ${tooManyChanges}) AS some) AS changes`)

const state = async (db: Db): Promise<State | undefined> => {
  try {
    return await stateOf(db)
  } catch (error) {
    // the previous release's schema, or FiniA's own, is served, too
    if (error instanceof DatabaseError && error.errno === noSuchTable) return undefined
    throw error
  }
}

/**
 * Whether the database has sums that are right and quickly read. Without their triggers they are not right: a dump of FiniA's, loaded over the
 * tables, removes them. After very much was written reports take the changes over piece by piece, and read the entries until few are left.
 */
export const hasMonthSums = async (db: Db): Promise<boolean> => {
  const found = await state(db)
  if (!found || found.filled === 0 || found.triggers < sumTriggers.length) return false
  if (found.changes >= manyChanges) await takeChangesOver(db)
  return found.changes < tooManyChanges
}

interface Months {
  /** First days of months. */
  readonly from?: string
  readonly until: string
}

const kinds = {
  account: { sums: accountMonths, category: sql`NULL` },
  category: { sums: categoryMonths, category: sql`NULLIF(category, 0)` },
} as const
export type Per = keyof typeof kinds

/**
 * Entries of whole months as if there were few of them: of each account, of each category when it is asked for, one that is the sum of all
 * that came in and one of all that went out. What comes after midnight of a month's last day is apart, at noon of that day.
 */
export const bookedMonths = (accounts: readonly number[], { from, until }: Months, per: Per): Sql => {
  const { sums, category } = kinds[per]
  const key = raw(sums.key)
  const within = sql`account IN (${join(accounts)}) AND happened < ${until} ${from ? sql`AND happened >= ${from}` : empty}`
  return sql`
  SELECT account, happened, ${category} AS category, SUM(amount) AS amount FROM (
    SELECT ${key}, amount, entries FROM ${raw(sums.table)} WHERE ${within}
    UNION ALL
    SELECT ${raw(sums.columns)}, amount * weight, weight FROM finia_changes WHERE ${within}
  ) AS counted GROUP BY ${key} HAVING SUM(entries) <> 0`
}
