// How many transactions each account has: a number, and the changes that are still to be added to it. Append-only as the sums of months are.
import sql, { join, raw } from 'sql-template-tag'
import type { Db } from '../../db.ts'
import { readCommitted } from '../003/sums.ts'
import { countTriggers } from './count-triggers.ts'

const table = (name: string, ...lines: readonly string[]): string =>
  `CREATE TABLE IF NOT EXISTS ${name} (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`

export const countTables: readonly string[] = [
  table('finia_transaction_count', 'account BIGINT NOT NULL', 'transactions BIGINT NOT NULL', 'PRIMARY KEY (account)'),
  // 1: a transaction came, -1: it went; by UUID_SHORT(), which waits for nobody
  table('finia_transaction_changes', 'id BIGINT UNSIGNED NOT NULL', 'account BIGINT NOT NULL', 'weight TINYINT NOT NULL', 'PRIMARY KEY (id)'),
]

export const addCounts = (rows: string): string => `INSERT INTO finia_transaction_count (account, transactions)
${rows}
ON DUPLICATE KEY UPDATE transactions = finia_transaction_count.transactions + VALUES(transactions)`

/** By how much the transactions differ from numbers and changes: in a database that is well, not at all. */
export const countDifference = `SELECT account, SUM(number) AS transactions FROM (
  SELECT account, COUNT(*) AS number FROM tbl_transaction GROUP BY account
  UNION ALL SELECT account, -weight FROM finia_transaction_changes
  UNION ALL SELECT account, -transactions FROM finia_transaction_count
) AS compared GROUP BY account HAVING SUM(number) <> 0`

/** One statement, which sees all of it at one moment and holds nobody up; see mendSums. */
export const mendCounts: readonly string[] = [readCommitted, addCounts(countDifference), 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ']

/** As mendMonthSums does; for who holds the lock of the migrations. Whether there was anything. */
export const mendTransactionCounts = async (db: Db): Promise<boolean> => {
  let affected = 0
  for (const statement of mendCounts) affected += (await db.run(raw(statement))).affectedRows
  return affected > 0
}

/** How many of the triggers there are. */
export const countTriggersFound = sql`
  (SELECT COUNT(*) FROM information_schema.triggers WHERE event_object_schema = DATABASE()
    AND event_object_table = 'tbl_transaction' AND trigger_name IN (${join(countTriggers.map(({ name }) => name))}))`

/** A dump of FiniA's that was loaded over the table has taken the triggers with it. */
export const hasCountTriggers = async (db: Db): Promise<boolean> =>
  (await db.first<{ found: number }>(sql`SELECT ${countTriggersFound} AS found`))?.found === countTriggers.length
