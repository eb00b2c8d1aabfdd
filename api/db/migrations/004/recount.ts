// Whether the numbers of transactions can be relied on, and counting them again when they cannot.
import sql, { join } from 'sql-template-tag'
import type { Db } from '../../db.ts'
import { countTriggers } from './count-triggers.ts'

/** Reads all rows under locks before it writes: what comes in meanwhile waits, and is counted by the triggers. */
export const recount = `INSERT INTO finia_transaction_count (account, transactions)
  SELECT account, SUM(number) FROM (
    SELECT account, COUNT(*) AS number FROM tbl_transaction GROUP BY account UNION ALL SELECT account, 0 FROM finia_transaction_count) counted
  GROUP BY account ON DUPLICATE KEY UPDATE transactions = VALUES(transactions)`

/** A dump of FiniA's that was loaded over the table has taken the triggers with it. */
export const hasCountTriggers = async (db: Db): Promise<boolean> => {
  const names = countTriggers.map(({ name }) => name)
  const row = await db.first<{ found: number }>(sql`
    SELECT COUNT(*) AS found FROM information_schema.triggers
    WHERE event_object_schema = DATABASE() AND event_object_table = 'tbl_transaction' AND trigger_name IN (${join(names)})`)
  return row?.found === names.length
}
