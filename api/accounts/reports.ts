// What came in and went out in a year, of one account or of all of a kind.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { monthColumns, monthsOf, ReportYear } from '../reports/months.ts'
import { yearSpan } from '../reports/movements.ts'
import { todayIn } from '../today.ts'
import { Nullable, NullableMoneyNumber } from '../validation/types.ts'
import { accountNamed, accountsOfTypes, hasMovements, type SignRow, sumCategories, sumSigns } from './reports-repository.ts'

const Row = Type.Object({ Kategorie: Nullable(Type.String()), ...monthColumns(NullableMoneyNumber), Gesamt: NullableMoneyNumber })
const Report = Type.Object({ year: Type.Integer(), account: Type.String(), rows: Type.Array(Row) })

export type ReportDeps = Pick<Deps, 'settings' | 'clock'>

/** Whose report it is. */
interface Scope {
  readonly accounts: readonly number[]
  readonly year: number
  readonly today: string
}

const categories = async (db: Db, { accounts, year, today }: Scope, sign: 'income' | 'expenses') => {
  const rows = accounts.length === 0 ? [] : await sumCategories(db, accounts, await yearSpan(db, year, today), sign)
  return rows.map(({ category, total, ...months }) => ({ ...months, Kategorie: category, Gesamt: total }))
}

const summaryLines = [
  ['Haben', 1],
  ['Soll', 0],
  ['Gesamt', null],
] as const

/** Nothing that counts is 0; nothing at all is null. */
const summaryRows = (rows: readonly SignRow[], nothing: '0' | null) =>
  summaryLines.map(([line, wanted]) => {
    const { sign: _sign, total, ...months } = rows.find(({ sign }) => sign === wanted) ?? { sign: wanted, total: nothing, ...monthsOf(nothing) }
    return { ...months, Kategorie: line, Gesamt: total }
  })

const summary = async (db: Db, { accounts, year, today }: Scope) => {
  if (accounts.length === 0) return summaryRows([], null)
  const rows = await sumSigns(db, accounts, await yearSpan(db, year, today))
  const empty = rows.length === 0 && !(await hasMovements(db, accounts, year))
  return summaryRows(rows, empty ? null : '0')
}

const reports = {
  income: (db: Db, scope: Scope) => categories(db, scope, 'income'),
  expenses: (db: Db, scope: Scope) => categories(db, scope, 'expenses'),
  summary,
}

const titles: Readonly<Record<string, string>> = { income: 'Income', expenses: 'Expenses', summary: 'Income, expenses and their sum' }

const groups = [
  { path: 'all-giro', account: 'Alle Girokonten', types: ['Girokonto'] },
  { path: 'all-loans', account: 'Alle Darlehenskonten', types: ['Darlehen'] },
  { path: 'all-accounts', account: 'Alle Darlehens- und Girokonten', types: ['Girokonto', 'Darlehen'] },
] as const

const OfOne = Type.Object({ year: ReportYear, account: Type.String() })
const OfMany = Type.Object({ year: ReportYear })

export const accountReports: FastifyPluginAsyncTypebox<ReportDeps> = async (app, { settings, clock }) => {
  const today = () => todayIn(settings.api.timeZone, clock.now())

  for (const [name, report] of Object.entries(reports)) {
    const config = { operation: `fetch ${name}` }
    app.get(
      `/${name}`,
      { config, schema: { summary: `${titles[name]} of one account in a year, by month`, querystring: OfOne, response: { 200: Report } } },
      async ({ db, query: { year, account } }) => {
        const rows = await report(db, { accounts: await accountNamed(db, account), year, today: today() })
        return { year, account, rows }
      },
    )
    for (const { path, account, types } of groups) {
      app.get(
        `/${path}/${name}`,
        { config, schema: { summary: `${titles[name]} of all accounts of a kind in a year, by month`, querystring: OfMany, response: { 200: Report } } },
        async ({ db, query: { year } }) => {
          const rows = await report(db, { accounts: await accountsOfTypes(db, types), year, today: today() })
          return { year, account, rows }
        },
      )
    }
  }
}
