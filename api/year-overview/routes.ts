// A year at a glance: what accounts, loans, investments and shares hold from month to month.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { accountsOfTypes } from '../accounts/reports-repository.ts'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { monthColumns, monthsOf, ReportYear } from '../reports/months.ts'
import { todayIn } from '../today.ts'
import { MoneyNumber, Nullable } from '../validation/types.ts'
import { type AccountRow, balances, changes, endBalances, openAccounts, typeEndBalances } from './accounts-repository.ts'
import { portfolio, securities } from './securities-repository.ts'

/** The columns of a row in the order in which they are written. */
const overview = (rows: TSchema) => Type.Object({ year: Type.Integer(), rows: Type.Array(rows) })
const months = monthColumns(MoneyNumber)
const Balances = overview(Type.Object({ Konto: Type.String(), ...months, Jahresabschluss: MoneyNumber }))
const Changes = overview(Type.Object({ Konto: Type.String(), ...months, Jahresbilanz: MoneyNumber }))
const Securities = overview(Type.Object({ Wertpapier: Nullable(Type.String()), ...months, Dividende: MoneyNumber }))
const assetsTitle = 'Vermögen Ende des Monats'
const Assets = overview(Type.Object({ [assetsTitle]: Type.String(), ...months, Jahresbilanz: MoneyNumber }))

const ofYear = Type.Object({ year: ReportYear })

const assetTypes = ['Girokonto', 'Darlehen'] as const

const assets = async (db: Db, year: number, today: string) => {
  const accounts = await accountsOfTypes(db, assetTypes)
  const types = accounts.length === 0 ? [] : await typeEndBalances(db, assetTypes, accounts, year, today)
  const held = (type: number) => types.find((row) => row.type === type)
  const lines = [
    ['Kontostand', held(1)],
    ['Darlehen', held(2)],
    ['Wertpapiere', await portfolio(db, year, today)],
  ] as const
  return lines.map(([line, row]) => {
    const { total, ...values } = row ?? { total: '0', ...monthsOf('0') }
    return { [assetsTitle]: line, ...values, Jahresbilanz: total }
  })
}

type Report = (db: Db, accounts: readonly number[], year: number, today: string) => Promise<readonly AccountRow[]>

/** Ids of account types are the original's. */
const accountTables = [
  {
    path: 'account-balances',
    summary: 'What current accounts held at the beginning of each month of a year',
    type: 1,
    report: balances,
    schema: Balances,
    last: 'Jahresabschluss',
  },
  {
    path: 'account-balances-monthly',
    summary: 'What each month of a year changed on current accounts',
    type: 1,
    report: changes,
    schema: Changes,
    last: 'Jahresbilanz',
  },
  {
    path: 'investments',
    summary: 'What investments were worth at the end of each month of a year',
    type: 5,
    report: endBalances,
    schema: Changes,
    last: 'Jahresbilanz',
  },
  { path: 'loans', summary: 'What was owed at the end of each month of a year', type: 3, report: endBalances, schema: Changes, last: 'Jahresbilanz' },
] as const

const accountRows = async (db: Db, report: Report, type: number, year: number, today: string) => {
  const accounts = await openAccounts(db, type, year)
  return accounts.length === 0 ? [] : report(db, accounts, year, today)
}

export const yearOverviewRoutes: FastifyPluginAsyncTypebox<Pick<Deps, 'settings' | 'clock'>> = async (app, { settings, clock }) => {
  const today = () => todayIn(settings.api.timeZone, clock.now())

  for (const { path, summary, type, report, schema, last } of accountTables) {
    const config = { operation: `fetch ${path}` }
    app.get(`/${path}`, { config, schema: { summary, querystring: ofYear, response: { 200: schema } } }, async ({ db, query: { year } }) => {
      const rows = await accountRows(db, report, type, year, today())
      return { year, rows: rows.map(({ account, total, ...values }) => ({ Konto: account, ...values, [last]: total })) }
    })
  }

  app.get(
    '/securities',
    {
      config: { operation: 'fetch securities' },
      schema: { summary: 'What shares were worth in each month of a year', querystring: Type.Object({ year: Type.Integer() }), response: { 200: Securities } },
    },
    async ({ db, query: { year } }) => {
      const rows = await securities(db, year, today())
      return { year, rows: rows.map(({ security, total, ...values }) => ({ Wertpapier: security, ...values, Dividende: total })) }
    },
  )

  app.get(
    '/assets-month-end',
    {
      config: { operation: 'fetch assets' },
      schema: { summary: 'What there was at the end of each month of a year', querystring: ofYear, response: { 200: Assets } },
    },
    async ({ db, query: { year } }) => ({ year, rows: await assets(db, year, today()) }),
  )
}
