import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { issue, tell, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const months = ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember']
const line = (first: object, values: readonly (number | null)[], last: object) => ({
  ...first,
  ...Object.fromEntries(months.map((month, index) => [month, values[index] ?? (values.length === 1 ? values[0] : 0)])),
  ...last,
})
const row = (Kategorie: string | null, january: number | null, total: number | null = january) =>
  line({ Kategorie }, january === null ? [null] : [january, ...Array<number>(11).fill(0)], { Gesamt: total })
const report = (account: string, rows: readonly object[]) => ({ year: 2024, account, rows })
const summary = (haben: number, soll: number) => [row('Haben', haben), row('Soll', soll), row('Gesamt', haben + soll)]
const nothing = ['Haben', 'Soll', 'Gesamt'].map((name) => row(name, null))

describe('reports', () => {
  testRows(
    () => database,
    [
      ['income: those without a category first', 'GET /accounts/income?year=2024&account=Giro', undefined, 200, report('Giro', [row(null, 3000)])],
      [
        'expenses: by full name, less than nothing',
        'GET /accounts/expenses?year=2024&account=Giro',
        undefined,
        200,
        report('Giro', [row('Essen - Gebäck', -1.5)]),
      ],
      ['summary: always three rows', 'GET /accounts/summary?year=2024&account=Giro', undefined, 200, report('Giro', summary(3000, -1.5))],
      ['a name that nobody has: no rows', 'GET /accounts/income?year=2024&account=Nobody', undefined, 200, report('Nobody', [])],
      ['a name that nobody has: a summary of null', 'GET /accounts/summary?year=2024&account=Nobody', undefined, 200, report('Nobody', nothing)],
      ['an account without anything: a summary of null', 'GET /accounts/summary?year=2024&account=Leer', undefined, 200, report('Leer', nothing)],
      ['all current accounts', 'GET /accounts/all-giro/summary?year=2024', undefined, 200, report('Alle Girokonten', summary(3000, -1.5))],
      ['all current accounts: income', 'GET /accounts/all-giro/income?year=2024', undefined, 200, report('Alle Girokonten', [row(null, 3000)])],
      ['all current accounts: expenses', 'GET /accounts/all-giro/expenses?year=2024', undefined, 200, report('Alle Girokonten', [row('Essen - Gebäck', -1.5)])],
      ['all loans', 'GET /accounts/all-loans/expenses?year=2024', undefined, 200, report('Alle Darlehenskonten', [row(null, -200)])],
      ['all loans: income', 'GET /accounts/all-loans/income?year=2024', undefined, 200, report('Alle Darlehenskonten', [])],
      ['all loans: summary', 'GET /accounts/all-loans/summary?year=2024', undefined, 200, report('Alle Darlehenskonten', summary(0, -200))],
      ['all of both', 'GET /accounts/all-accounts/summary?year=2024', undefined, 200, report('Alle Darlehens- und Girokonten', summary(3000, -201.5))],
      ['all of both: income', 'GET /accounts/all-accounts/income?year=2024', undefined, 200, report('Alle Darlehens- und Girokonten', [row(null, 3000)])],
      [
        'all of both: expenses',
        'GET /accounts/all-accounts/expenses?year=2024',
        undefined,
        200,
        report('Alle Darlehens- und Girokonten', [row(null, -200), row('Essen - Gebäck', -1.5)]),
      ],
      ['a name is needed', 'GET /accounts/income?year=2024', undefined, 422, issue('missing', 'query', 'account')],
      ['a year is needed', 'GET /accounts/all-giro/income', undefined, 422, issue('missing', 'query', 'year')],
      ['a year is at least 1900', 'GET /accounts/summary?account=Giro&year=1899', undefined, 422, issue('greater_than_equal', 'query', 'year')],
      ['a year is at most 3000', 'GET /year-overview/loans?year=3001', undefined, 422, issue('less_than_equal', 'query', 'year')],
      ['a year is a number', 'GET /year-overview/assets-month-end?year=heuer', undefined, 422, issue('int_parsing', 'query', 'year')],
      ['for shares any number is a year', 'GET /year-overview/securities?year=-5', undefined, 200, { year: -5, rows: [] }],
      ['for shares a year too large for a calendar, too', 'GET /year-overview/securities?year=99999', undefined, 200, { year: 99999, rows: [] }],
      [
        'balances are those at the beginning of each month',
        'GET /year-overview/account-balances?year=2024',
        undefined,
        200,
        {
          year: 2024,
          rows: [
            line({ Konto: 'Giro' }, [100, ...Array<number>(11).fill(3098.5)], { Jahresabschluss: 3098.5 }),
            line({ Konto: 'Leer' }, [0], { Jahresabschluss: 0 }),
          ],
        },
      ],
      [
        'changes are those of each month',
        'GET /year-overview/account-balances-monthly?year=2024',
        undefined,
        200,
        {
          year: 2024,
          rows: [line({ Konto: 'Giro' }, [2998.5, ...Array<number>(11).fill(0)], { Jahresbilanz: 2998.5 }), line({ Konto: 'Leer' }, [0], { Jahresbilanz: 0 })],
        },
      ],
      [
        'loans are what is left at the end of each month',
        'GET /year-overview/loans?year=2024',
        undefined,
        200,
        { year: 2024, rows: [line({ Konto: 'Haus' }, [-5200], { Jahresbilanz: -200 })] },
      ],
      ['investments are those of their type', 'GET /year-overview/investments?year=2024', undefined, 200, { year: 2024, rows: [] }],
      [
        'shares are worth their volume times their price',
        'GET /year-overview/securities?year=2024',
        undefined,
        200,
        { year: 2024, rows: [line({ Wertpapier: 'Alpha' }, [20], { Dividende: 0 })] },
      ],
      [
        'assets are three rows',
        'GET /year-overview/assets-month-end?year=2024',
        undefined,
        200,
        {
          year: 2024,
          rows: [
            line({ 'Vermögen Ende des Monats': 'Kontostand' }, [3098.5], { Jahresbilanz: 2998.5 }),
            line({ 'Vermögen Ende des Monats': 'Darlehen' }, [-5200], { Jahresbilanz: -200 }),
            line({ 'Vermögen Ende des Monats': 'Wertpapiere' }, [20], { Jahresbilanz: 20 }),
          ],
        },
      ],
      ['an account that began later is in no year before', 'GET /year-overview/account-balances?year=2019', undefined, 200, { year: 2019, rows: [] }],
      ['years are those of transactions', 'GET /years/', undefined, 200, { years: [2024] }],
    ],
  )

  test('years go up to the next one, and a date of zeros is in none', async () => {
    const next = new Date().getFullYear() + 1
    await database.db.pinned(async (db) => {
      await db.run(sql`SET SESSION sql_mode = ''`)
      for (const day of ['0000-00-00', '2019-12-31 23:59:59', `${next}-12-31 23:59:59`, `${next + 1}-01-01`])
        await db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), ${day}, 1, ${day}, 1)`)
    })
    expect(await tell(database, 'GET /years/')).toEqual([200, { years: [next, 2024, 2019] }])
  })

  test('without transactions there are no years', async () => {
    await database.db.run(sql`DELETE FROM tbl_accountingEntry`)
    await database.db.run(sql`DELETE FROM tbl_transaction`)
    expect(await tell(database, 'GET /years/')).toEqual([200, { years: [] }])
  })
})
