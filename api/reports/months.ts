// The twelve columns that every report has.
import sql, { join, raw, type Sql } from 'sql-template-tag'
import { type TSchema, Type } from 'typebox'

const names = ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember'] as const
export type Month = (typeof names)[number]

export type MonthRow<Name extends string> = Readonly<Record<Name, string | null>> & Readonly<Record<Month | 'total', string>>

/** A row of a report: what it is about, the months, and the column that sums them up under its own name. */
export const monthColumns = <T extends TSchema>(schema: T): Record<Month, T> => {
  const columns = Object.fromEntries(names.map((name) => [name, schema]))
  // made of exactly these names
  return columns as Record<Month, T>
}

/** One SQL expression a month, named for it; `inMonth` says of a row whether it counts for month 1 to 12. */
export const monthSums = (inMonth: (month: number) => Sql): Sql =>
  join(
    names.map((name, index) => sql`SUM(IF(${inMonth(index + 1)}, amount, 0)) AS ${raw(name)}`),
    ', ',
  )

/** The months of a row that has nothing. */
export const monthsOf = <T>(value: T): Record<Month, T> => Object.fromEntries(names.map((name) => [name, value])) as Record<Month, T>

export const ReportYear = Type.Integer({ minimum: 1900, maximum: 3000 })
