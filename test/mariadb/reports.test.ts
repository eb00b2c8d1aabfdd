import fc from 'fast-check'
import sql, { join, raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../api/system.ts'
import { aDatabase, someSettings, type TestDatabase } from './environment.ts'
import { ask } from './import-form.ts'
import { assetsOfType, balances, categoryReport, changes, endBalances, type Model, summaryReport } from './reports-model.ts'

const today = '2026-05-31'
// in UTC it is still the day before
const now = new Date('2026-05-30T23:30:00Z')
let database: TestDatabase
beforeAll(async () => {
  database = await aDatabase({ clock: { ...systemClock, now: () => now }, settings: someSettings({ api: { time_zone: 'Europe/Berlin' } }) })
})
afterAll(() => database.close())

const accounts = [
  { id: 1, name: 'giro', type: 1 },
  { id: 2, name: 'Bargeld', type: 1 },
  { id: 3, name: 'Haus', type: 3 },
  { id: 4, name: 'Auto', type: 3 },
  { id: 5, name: 'Plattform', type: 5 },
  { id: 6, name: 'Depot', type: 2 },
] as const
const categories = ['Haus', 'Haus - Strom', 'Lohn'] as const

const anyMoment = fc
  .tuple(
    fc.constantFrom('01-01', '01-31', '02-28', '03-01', '05-30', '05-31', '06-01', '06-30', '11-15', '12-31'),
    fc.integer({ min: 2024, max: 2028 }),
    fc.constantFrom('00:00:00', '00:00:01', '23:59:59'),
  )
  .map(([day, year, time]) => `${year}-${day} ${time}`)
const moments = fc.oneof({ weight: 4, arbitrary: anyMoment }, fc.constantFrom(`${today} 00:00:00`, `${today} 00:00:01`))
const years = fc.oneof(fc.constant(2026), fc.integer({ min: 2023, max: 2029 }))
const cents = fc.oneof(fc.integer({ min: -999_999, max: 999_999 }), fc.constantFrom(0, 10, 20, -30))
const movement = (category: fc.Arbitrary<string | null>) =>
  fc.record({ account: fc.constantFrom(...accounts.map(({ id }) => id)), at: moments, category, amount: cents })
const account = fc.record({ start: cents, opened: fc.integer({ min: 2023, max: 2027 }), open: fc.option(fc.integer({ min: 0, max: 2 })) })
const models: fc.Arbitrary<Model> = fc
  .record({
    states: fc.tuple(...accounts.map(() => account)),
    entries: fc.array(movement(fc.option(fc.constantFrom(...categories))), { maxLength: 60 }),
    plannings: fc.array(movement(fc.constantFrom(...categories)), { maxLength: 30 }),
  })
  .map(({ states, ...moved }) => ({
    ...moved,
    today,
    accounts: accounts.map((one, index) => {
      const { start = 0, opened = 2024, open = null } = states[index] ?? {}
      return { ...one, start, dateStart: `${opened}-12-31 12:00:00`, dateEnd: open === null ? null : `${opened + open}-01-01 00:00:00` }
    }),
  }))

const amount = (cent: number) => sql`CAST(${cent} AS DECIMAL(20,10)) / 100`
const tables = ['tbl_accountingEntry', 'tbl_planningEntry', 'tbl_planning', 'tbl_transaction', 'tbl_account', 'tbl_category']

/** The model as rows: two entries of a day share a transaction when they can, so that there are splits. */
const store = async ({ accounts: rows, entries, plannings }: Model) => {
  const { db } = database
  await db.run(sql`UPDATE tbl_category SET category = NULL`)
  for (const table of tables) await db.run(raw(`DELETE FROM ${table}`))
  await db.run(sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES (1, NOW(), 'Haus', NULL), (2, NOW(), 'Strom', 1), (3, NOW(), 'Lohn', NULL)`)
  await db.run(
    sql`INSERT INTO tbl_account (id, dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, dateEnd, type) VALUES ${join(
      rows.map((one) => sql`(${one.id}, NOW(), ${one.name}, ${one.name}, '', ${amount(one.start)}, ${one.dateStart}, ${one.dateEnd}, ${one.type})`),
    )}`,
  )
  const groups = [...Map.groupBy(entries, ({ account: id, at }) => `${id} ${at}`).values()]
  if (groups.length > 0) {
    await db.run(
      sql`INSERT INTO tbl_transaction (id, dateImport, description, amount, dateValue, account) VALUES ${join(
        groups.map((group, index) => sql`(${index + 1}, NOW(), 'x', 1, ${group[0]?.at}, ${group[0]?.account})`),
      )}`,
    )
    await db.run(sql`DELETE FROM tbl_accountingEntry`)
    const all = groups.flatMap((group, index) => group.map((entry) => ({ ...entry, transaction: index + 1 })))
    await db.run(
      sql`INSERT INTO tbl_accountingEntry (dateImport, amount, transaction, category) VALUES ${join(
        all.map((one) => sql`(NOW(), ${amount(one.amount)}, ${one.transaction}, ${one.category && categories.indexOf(one.category as 'Haus') + 1})`),
      )}`,
    )
  }
  if (plannings.length > 0) {
    await db.run(
      sql`INSERT INTO tbl_planning (id, dateImport, amount, dateStart, account, category, cycle) VALUES ${join(
        plannings.map(
          (one, index) =>
            sql`(${index + 1}, NOW(), ${amount(one.amount)}, ${`2020-01-01 00:00:${String(index).padStart(2, '0')}`}, ${one.account}, ${categories.indexOf(one.category as 'Haus') + 1}, 1)`,
        ),
      )}`,
    )
    await db.run(
      sql`INSERT INTO tbl_planningEntry (dateImport, dateValue, planning) VALUES ${join(plannings.map(({ at }, index) => sql`(NOW(), ${at}, ${index + 1})`))}`,
    )
  }
}

const rowsOf = async (path: string): Promise<unknown> => {
  const { status, body } = await ask<{ rows?: unknown }>(database, 'GET', path)
  return status === 200 ? body.rows : { status, body }
}

test('the reports of every year are what the rules say, past, present and future, split or not, planned or booked', async () => {
  await fc.assert(
    fc.asyncProperty(models, years, async (model, year) => {
      await store(model)
      const scopes = [
        ['', '&account=giro', [1]],
        ['', '&account=HAUS', [3]],
        ['all-giro/', '', [1, 2]],
        ['all-loans/', '', [3, 4]],
        ['all-accounts/', '', [1, 2, 3, 4]],
      ] as const
      for (const [group, one, ids] of scopes) {
        const get = (report: string) => rowsOf(`/api/accounts/${group}${report}?year=${year}${one}`)
        expect(await get('income')).toEqual(categoryReport(model, ids, year, 1))
        expect(await get('expenses')).toEqual(categoryReport(model, ids, year, -1))
        expect(await get('summary')).toEqual(summaryReport(model, ids, year))
      }
      const get = (table: string) => rowsOf(`/api/year-overview/${table}?year=${year}`)
      expect(await get('account-balances')).toEqual(balances(model, year))
      expect(await get('account-balances-monthly')).toEqual(changes(model, year))
      expect(await get('loans')).toEqual(endBalances(model, 3, year))
      expect(await get('investments')).toEqual(endBalances(model, 5, year))
      const [giro, loans] = (await get('assets-month-end')) as unknown[]
      expect(giro).toEqual(assetsOfType(model, 'Kontostand', 1, year))
      expect(loans).toEqual(assetsOfType(model, 'Darlehen', 3, year))
    }),
    { numRuns: 40 },
  )
}, 120_000)
