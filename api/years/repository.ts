import sql, { join } from 'sql-template-tag'
import type { Db } from '../db/db.ts'

/** Years that have transactions, newest first. Each is looked up in the index: to read all dates for a dozen years takes long. */
export const listYears = async (db: Db, last: number): Promise<readonly number[]> => {
  const ends = await db.first<{ first: number | null; last: number | null }>(
    sql`SELECT YEAR(MIN(dateValue)) AS first, YEAR(MAX(dateValue)) AS last FROM tbl_transaction WHERE dateValue >= '1000-01-01' AND dateValue < ${`${last + 1}-01-01`}`,
  )
  if (!ends?.first || !ends.last) return []
  const { first } = ends
  const looks = Array.from({ length: ends.last - first + 1 }, (_, index) => first + index).map(
    (year) =>
      sql`SELECT ${year} AS year, EXISTS (SELECT 1 FROM tbl_transaction WHERE dateValue >= ${`${year}-01-01`} AND dateValue < ${`${year + 1}-01-01`}) AS found`,
  )
  const rows = await db.all<{ year: number }>(sql`SELECT year FROM (${join(looks, ' UNION ALL ')}) AS looks WHERE found = 1 ORDER BY year DESC`)
  return rows.map(({ year }) => year)
}
