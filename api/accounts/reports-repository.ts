import sql, { join } from 'sql-template-tag'
import { isBasicText } from '../db/basic-text.ts'
import type { Db } from '../db/db.ts'
import { type MonthRow, monthSums } from '../reports/months.ts'
import { booked, movements, planned, type Span, yearBounds } from '../reports/movements.ts'

export type CategoryRow = MonthRow<'category'>
/** 1 sums up what came in, 0 what went out, null everything. */
export type SignRow = MonthRow<'sign'>

const ids = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id)

export const accountNamed = async (db: Db, name: string): Promise<readonly number[]> =>
  isBasicText(name) ? ids(await db.all<{ id: number }>(sql`SELECT id FROM tbl_account WHERE name = ${name}`)) : []

export const accountsOfTypes = async (db: Db, types: readonly string[]): Promise<readonly number[]> =>
  ids(await db.all<{ id: number }>(sql`SELECT a.id FROM tbl_account a JOIN tbl_accountType t ON t.id = a.type WHERE t.type IN (${join(types)})`))

const sums = monthSums((month) => sql`month = ${month}`)
const signs = { income: sql`amount > 0`, expenses: sql`amount < 0` } as const

/** Of each category what came in, or what went out. Two categories can have the same full name: they are one row. */
export const sumCategories = (db: Db, accounts: readonly number[], span: Span, sign: keyof typeof signs): Promise<readonly CategoryRow[]> =>
  db.all(sql`
    WITH RECURSIVE tree AS (
      SELECT id, CAST(name AS CHAR(4000) CHARACTER SET utf8mb3) AS fullname FROM tbl_category WHERE category IS NULL
      UNION ALL
      SELECT child.id, CONCAT(tree.fullname, ' - ', child.name) FROM tbl_category child JOIN tree ON child.category = tree.id
    )
    SELECT tree.fullname AS category, ${sums}, SUM(amount) AS total
    FROM (${movements(accounts, span, { columns: sql`category, MONTH(happened) AS month`, by: sql`category, month`, where: signs[sign], per: 'category' })}) AS monthly
    LEFT JOIN tree ON tree.id = monthly.category
    GROUP BY tree.fullname ORDER BY tree.fullname`)

export const sumSigns = (db: Db, accounts: readonly number[], span: Span): Promise<readonly SignRow[]> =>
  db.all(sql`
    SELECT sign, ${sums}, SUM(amount) AS total
    FROM (${movements(accounts, span, { columns: sql`amount > 0 AS sign, MONTH(happened) AS month`, by: sql`sign, month`, per: 'account' })}) AS monthly
    GROUP BY sign WITH ROLLUP`)

/** Whether there is an entry or a planning entry at all, also one that does not count today. */
export const hasMovements = async (db: Db, accounts: readonly number[], year: number): Promise<boolean> => {
  const bounds = yearBounds(year)
  return (await db.first<{ found: number }>(sql`SELECT EXISTS (${booked(accounts, bounds)}) OR EXISTS (${planned(accounts, bounds)}) AS found`))?.found === 1
}
