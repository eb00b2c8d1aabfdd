import sql from 'sql-template-tag'
import type { Db } from '../db/db.ts'

/** Years that have transactions, newest first. Goes from year to year: the index answers each without reading the rows between. */
export const listYears = async (db: Db, last: number): Promise<readonly number[]> => {
  const rows = await db.all<{ year: number }>(sql`
    WITH RECURSIVE years AS (
      SELECT YEAR(MAX(dateValue)) AS year FROM tbl_transaction WHERE dateValue < ${`${last + 1}-01-01`}
      UNION ALL
      SELECT (SELECT YEAR(t.dateValue) FROM tbl_transaction t WHERE t.dateValue < MAKEDATE(years.year, 1) ORDER BY t.dateValue DESC LIMIT 1)
      FROM years WHERE years.year > 0
    )
    SELECT year FROM years WHERE year > 0`)
  return rows.map(({ year }) => year)
}
