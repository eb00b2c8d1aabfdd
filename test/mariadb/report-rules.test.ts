import sql, { join } from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../api/system.ts'
import { aDatabase, type TestDatabase } from './environment.ts'
import { anAccountBody, ask } from './import-form.ts'
import { monthNames } from './reports-model.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase({ clock: { ...systemClock, now: () => new Date('2026-05-15T12:00:00Z') } })
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
})
afterEach(() => database.close())

interface Row extends Readonly<Record<string, unknown>> {}
interface Report {
  readonly account?: string
  readonly rows: readonly Row[]
}
const report = async (path: string) => (await ask<Report>(database, 'GET', path)).body
const rows = async (path: string) => (await report(path)).rows
const book = async (amount: string, day: string, category: number | null = null) => {
  const { insertId } = await database.db.run(
    sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), ${day}, ${amount}, ${day}, 1)`,
  )
  await database.db.run(sql`UPDATE tbl_accountingEntry SET category = ${category} WHERE transaction = ${insertId}`)
  return (await database.db.first<{ id: number }>(sql`SELECT id FROM tbl_accountingEntry WHERE transaction = ${insertId}`))?.id
}
const year = (values: Readonly<Record<string, unknown>>, rest: unknown) => ({ ...Object.fromEntries(monthNames.map((name) => [name, rest])), ...values })

const accountPaths = ['', 'all-giro/', 'all-loans/', 'all-accounts/'].flatMap((group) =>
  ['income', 'expenses', 'summary'].map((name) => `/api/accounts/${group}${name}`),
)
const tables = ['account-balances', 'account-balances-monthly', 'investments', 'loans', 'assets-month-end']

test('a report wants a year from 1900 to 3000, and one of an account its name', async () => {
  for (const path of [...accountPaths, ...tables.map((table) => `/api/year-overview/${table}`)]) {
    const statuses = async (...queries: string[]) => Promise.all(queries.map(async (query) => (await ask(database, 'GET', `${path}?${query}`)).status))
    expect(await statuses('account=Giro', 'account=Giro&year=1899', 'account=Giro&year=3001', 'account=Giro&year=x', 'account=Giro&year=')).toEqual(
      Array(5).fill(422),
    )
    expect(await statuses('account=Giro&year=1900', 'account=Giro&year=3000', 'account=Giro&year=2026.0')).toEqual([200, 200, 200])
  }
  expect((await ask(database, 'GET', '/api/accounts/income?year=2026')).body).toMatchObject({ detail: [{ type: 'missing', loc: ['query', 'account'] }] })
})

test('nobody who is not signed in gets a report', async () => {
  for (const path of [...accountPaths, ...tables.map((table) => `/api/year-overview/${table}`), '/api/year-overview/securities', '/api/years/']) {
    expect((await database.app.inject({ url: path })).statusCode).toBe(401)
  }
})

test('the aggregates have names of their own, and an account the name by which it was asked for', async () => {
  const labels = await Promise.all(accountPaths.map(async (path) => (await report(`${path}?year=2026&account=GIRO`)).account))
  const each = ['GIRO', 'Alle Girokonten', 'Alle Darlehenskonten', 'Alle Darlehens- und Girokonten']
  expect(labels).toEqual(each.flatMap((label) => [label, label, label]))
})

test.each(['Nobody', '', '😀'])('the account %j has no rows and a summary of nulls', async (name) => {
  const query = `?year=2026&account=${encodeURIComponent(name)}`
  expect(await rows(`/api/accounts/income${query}`)).toEqual([])
  expect(await rows(`/api/accounts/expenses${query}`)).toEqual([])
  expect(await rows(`/api/accounts/summary${query}`)).toEqual(['Haben', 'Soll', 'Gesamt'].map((line) => year({ Kategorie: line, Gesamt: null }, null)))
})

test('a summary is null without any row of the year, and 0 when there is one that does not count yet', async () => {
  const total = async () => (await rows('/api/accounts/summary?year=2026&account=Giro')).map(({ Gesamt }) => Gesamt)
  await book('5', '2025-12-31 23:59:59')
  expect(await total()).toEqual([null, null, null])
  await book('7', '2026-12-31')
  expect(await total()).toEqual([0, 0, 0])
})

test('rows begin with their name and end with their sum, the months between in the order of the year', async () => {
  await book('0.1', '2026-01-01')
  const keys = async (path: string) => {
    const { body } = await database.inject({ url: path })
    return Object.keys((JSON.parse(body) as Report).rows[0] ?? {})
  }
  expect(await keys('/api/accounts/income?year=2026&account=Giro')).toEqual(['Kategorie', ...monthNames, 'Gesamt'])
  expect(await keys('/api/year-overview/account-balances?year=2026')).toEqual(['Konto', ...monthNames, 'Jahresabschluss'])
  expect(await keys('/api/year-overview/account-balances-monthly?year=2026')).toEqual(['Konto', ...monthNames, 'Jahresbilanz'])
  expect(await keys('/api/year-overview/assets-month-end?year=2026')).toEqual(['Vermögen Ende des Monats', ...monthNames, 'Jahresbilanz'])
})

test('sums are exact: a tenth and two tenths are three tenths', async () => {
  await book('0.1', '2026-01-01')
  await book('0.2', '2026-01-02')
  await book('0.0000000001', '2026-02-02')
  expect(await rows('/api/accounts/income?year=2026&account=Giro')).toEqual([year({ Kategorie: null, Januar: 0.3, Februar: 1e-10, Gesamt: 0.3000000001 }, 0)])
})

test('categories of one full name are one row, and those in a ring have no name', async () => {
  await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES
    (1, NOW(), 'A', NULL), (2, NOW(), 'B', 1), (3, NOW(), 'A - B', NULL), (4, NOW(), 'C', NULL), (5, NOW(), 'D', 4)`)
  await database.db.run(sql`UPDATE tbl_category SET category = 5 WHERE id = 4`)
  for (const category of [2, 3, 4, 5, null]) await book('1', `2026-03-0${category ?? 1}`, category)
  expect(await rows('/api/accounts/income?year=2026&account=Giro')).toEqual([
    year({ Kategorie: null, März: 3, Gesamt: 3 }, 0),
    year({ Kategorie: 'A - B', März: 2, Gesamt: 2 }, 0),
  ])
})

test('assets have three rows, also when there is nothing', async () => {
  await database.db.run(sql`UPDATE tbl_account SET type = 4`)
  const lines = ['Kontostand', 'Darlehen', 'Wertpapiere']
  expect(await rows('/api/year-overview/assets-month-end?year=2026')).toEqual(
    lines.map((line) => year({ 'Vermögen Ende des Monats': line, Jahresbilanz: 0 }, 0)),
  )
})

const shares = async () => {
  await database.db.run(
    sql`INSERT INTO tbl_share (id, dateImport, name, isin) VALUES (1, NOW(), 'Werk', 'A'), (2, NOW(), NULL, 'B'), (3, NOW(), 'Alt', 'C'), (4, NOW(), 'Neu', 'D')`,
  )
  await database.db.run(sql`INSERT INTO tbl_shareHistory (dateImport, share, date, amount) VALUES
    (NOW(), 1, '2025-12-10', 10), (NOW(), 1, '2026-02-28 18:00:00', 12.5), (NOW(), 2, '2026-03-31', 2), (NOW(), 3, '2024-01-31', 1)`)
  await database.db.run(sql`INSERT INTO tbl_shareTransaction (dateImport, share, tradingVolume, dateTransaction) VALUES
    (NOW(), 1, 3, '2025-12-31 23:00:00'), (NOW(), 1, -1, '2026-04-01'), (NOW(), 2, 0.1, '2026-01-05'), (NOW(), 2, 0.2, '2026-01-06'),
    (NOW(), 3, 5, '2024-02-01'), (NOW(), 3, -5, '2025-03-01'), (NOW(), 4, 5, '2024-02-01')`)
}

test('shares are worth their last price from its day on, those that were held in the year are listed, those without a name first', async () => {
  await shares()
  expect(await rows('/api/year-overview/securities?year=2026')).toEqual([
    year({ Wertpapier: null, Januar: 0, Februar: 0, Dividende: 0 }, 0.6),
    year({ Wertpapier: 'Werk', Januar: 30, Februar: 37.5, März: 37.5, Dividende: 0 }, 25),
  ])
  expect(await rows('/api/year-overview/securities?year=2024')).toEqual([year({ Wertpapier: 'Alt', Januar: 0, Dividende: 0 }, 5)])
  expect((await rows('/api/year-overview/assets-month-end?year=2026'))[2]).toEqual(
    year({ 'Vermögen Ende des Monats': 'Wertpapiere', Januar: 30, Februar: 37.5, März: 38.1, Jahresbilanz: -4.4 }, 25.6),
  )
})

test('prices reach to the month a year from today, and years that no database knows are empty', async () => {
  await shares()
  const later = Object.fromEntries(monthNames.slice(0, 5).map((name) => [name, 25]))
  expect((await rows('/api/year-overview/securities?year=2027'))[1]).toEqual(year({ Wertpapier: 'Werk', ...later, Dividende: 0 }, 0))
  for (const none of [2028, 0, -1, 999, 1000, 9999, 10_000, 9_007_199_254_740_991]) {
    expect((await ask(database, 'GET', `/api/year-overview/securities?year=${none}`)).body).toEqual({ year: none, rows: [] })
  }
  expect((await ask(database, 'GET', '/api/year-overview/securities?year=x')).status).toBe(422)
  expect((await ask(database, 'GET', '/api/year-overview/securities')).status).toBe(422)
})

test('dividends are what came from linked entries of that category in the year', async () => {
  await shares()
  await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name) VALUES (1, NOW(), 'Dividende (Wertpapiere)'), (2, NOW(), 'Kauf')`)
  const entries = [
    await book('4.2', '2026-03-01', 1),
    await book('1.1', '2026-12-31 20:00:00', 1),
    await book('9', '2026-03-02', 2),
    await book('7', '2025-12-31', 1),
  ]
  await database.db.run(
    sql`INSERT INTO tbl_shareTransaction (dateImport, share, tradingVolume, dateTransaction, accountingEntry) VALUES ${join(
      entries.map((entry, index) => sql`(NOW(), 1, 0, ${`2026-03-0${index + 1}`}, ${entry})`),
    )}`,
  )
  expect((await rows('/api/year-overview/securities?year=2026')).map(({ Dividende }) => Dividende)).toEqual([0, 5.3])
})

test('the years that have transactions are listed, the newest first, up to the next one', async () => {
  const years = async () => (await ask(database, 'GET', '/api/years/')).body
  expect(await years()).toEqual({ years: [] })
  for (const day of ['2019-12-31 23:59:59', '2020-01-01', '2020-07-01', '2026-01-01', '2027-12-31 23:59:59', '2028-01-01', '1500-02-03']) await book('1', day)
  expect(await years()).toEqual({ years: [2027, 2026, 2020, 2019, 1500] })
})
