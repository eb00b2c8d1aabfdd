// Whether the sums can be relied on, and mending them when they cannot. Both for who holds the lock of the migrations.
import sql, { join, raw } from 'sql-template-tag'
import type { Db } from '../../db.ts'
import { mendSums } from './sums.ts'
import { sumTriggers } from './triggers.ts'

/** A dump of FiniA's that was loaded over the tables has taken the triggers with them. */
export const hasSumTriggers = async (db: Db): Promise<boolean> => {
  const row = await db.first<{ found: number }>(sql`
    SELECT COUNT(*) AS found FROM information_schema.triggers
    WHERE event_object_schema = DATABASE() AND event_object_table IN ('tbl_accountingEntry', 'tbl_transaction') AND trigger_name IN (${join(sumTriggers.map(({ name }) => name))})`)
  return row?.found === sumTriggers.length
}

/** What no trigger is told of (TRUNCATE, rows loaded without checks of foreign keys) is put right; whether there was anything. */
export const mendMonthSums = async (db: Db): Promise<boolean> => {
  let affected = 0
  for (const statement of mendSums) affected += (await db.run(raw(statement))).affectedRows
  return affected > 0
}
