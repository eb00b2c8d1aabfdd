import fc from 'fast-check'
import sql, { join, raw, type Sql } from 'sql-template-tag'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Db } from '../../api/db/db.ts'
import { mendMonthSums } from '../../api/db/migrations/003/mend.ts'
import { difference, sums } from '../../api/db/migrations/003/sums.ts'
import { sumTriggers } from '../../api/db/migrations/003/triggers.ts'
import { monthSums } from '../../api/db/migrations/003_month_sums.ts'
import { migrations } from '../../api/db/migrations/all.ts'
import { migrate, migrationStatus } from '../../api/db/migrations/run.ts'
import type { MysqlDatabases } from '../../api/db/mysql.ts'
import { retriedTransaction } from '../../api/db/retry.ts'
import { hasMonthSums } from '../../api/reports/month-sums.ts'
import { takeChangesOver } from '../../api/reports/take-changes-over.ts'
import { systemClock } from '../../api/system.ts'
import { aDatabase, aUser, someDatabases, type TestDatabase } from './environment.ts'
import { ask } from './import-form.ts'
import { assetsOfType, balances, categoryReport, changes, endBalances, type Model, summaryReport } from './reports-model.ts'

const all = { labels: ['expand', 'contract'], dryRun: false } as const
const today = '2026-05-31'
let database: TestDatabase
let databases: MysqlDatabases
beforeAll(async () => {
  databases = someDatabases()
  database = await aDatabase({ clock: { ...systemClock, now: () => new Date(`${today}T12:00:00Z`) } })
})
afterAll(async () => {
  await database.close()
  await databases.close()
})

const accounts = sql`INSERT INTO tbl_account (id, dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type) VALUES
  (1, NOW(), 'giro', 'giro', '', 7, '2024-01-01', 1), (2, NOW(), 'haus', 'haus', '', -3, '2024-01-01', 3)`
const categories = sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES (1, NOW(), 'Haus', NULL), (2, NOW(), 'Strom', NULL)`
const emptied = ['tbl_accountingEntry', 'tbl_transaction', 'tbl_account', 'tbl_category']
const fresh = async (db: Db) => {
  for (const table of emptied) await db.run(raw(`DELETE FROM ${table}`))
  await db.run(accounts)
  await db.run(categories)
}
beforeEach(() => fresh(database.db))

/** What the sums and the noted changes lack, in a database that is well: nothing. */
const missing = async (db: Db) => (await Promise.all(sums.map((one) => db.all(raw(difference(one)))))).flat()
const book = (amount: number, at: string, account = 1) =>
  sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), UUID(), ${amount}, ${at}, ${account})`

const moments = fc
  .tuple(fc.integer({ min: 2024, max: 2027 }), fc.constantFrom('01-01', '02-28', '05-30', '05-31', '06-30', '12-31'), fc.constantFrom('00:00:00', '00:00:01'))
  .map(([year, day, time]) => `${year}-${day} ${time}`)
const cents = fc.integer({ min: -500, max: 500 }).map((cent) => cent / 100)
const account = fc.constantFrom(1, 2)
const category = fc.constantFrom(1, 2, null)
/** Picks one of the rows that are there. */
const pick = fc.integer({ min: 0, max: 20 })
const nth = (table: string, index: number) =>
  sql`(SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place, COUNT(*) OVER () AS found FROM ${raw(table)}) AS numbered WHERE place = 1 + ${index} MOD found)`
const entry = (index: number) => nth('tbl_accountingEntry', index)
const transaction = (index: number) => nth('tbl_transaction', index)

type Write = (database: TestDatabase) => Promise<unknown>
const statement = (...statements: readonly Sql[]): Write => {
  return async ({ db }) => {
    for (const one of statements) await db.run(one)
  }
}

/** As FiniA, a bank's import and a person with a database tool write; the API; and the reports, when much has changed. */
const writes: fc.Arbitrary<Write> = fc.oneof(
  fc.tuple(cents, moments, account).map(([amount, at, of]) => statement(book(amount, at, of))),
  fc.tuple(cents, moments).map(([amount, at]) =>
    statement(sql`INSERT IGNORE INTO tbl_transaction (dateImport, description, amount, dateValue, account)
      SELECT NOW(), seq MOD 5, ${amount}, ${at} + INTERVAL seq DAY, 1 + seq MOD 2 FROM seq_1_to_9`),
  ),
  fc
    .tuple(pick, cents, category)
    .map(([of, amount, to]) => statement(sql`UPDATE tbl_accountingEntry SET amount = ${amount}, category = ${to} WHERE id = ${entry(of)}`)),
  fc
    .tuple(pick, cents, category)
    .map(([of, amount, to]) =>
      statement(
        sql`INSERT INTO tbl_accountingEntry (dateImport, amount, transaction, category) SELECT NOW(), ${amount}, id, ${to} FROM tbl_transaction WHERE id = ${transaction(of)}`,
      ),
    ),
  fc
    .tuple(pick, pick)
    .map(([of, to]) => statement(sql`UPDATE tbl_accountingEntry SET transaction = IFNULL(${transaction(to)}, transaction) WHERE id = ${entry(of)}`)),
  pick.map((of) => statement(sql`DELETE FROM tbl_accountingEntry WHERE id = ${entry(of)}`)),
  pick.map((of) =>
    statement(
      sql`DELETE FROM tbl_accountingEntry WHERE transaction = ${transaction(of)}`,
      sql`DELETE FROM tbl_transaction WHERE NOT EXISTS (SELECT 1 FROM tbl_accountingEntry e WHERE e.transaction = tbl_transaction.id)`,
    ),
  ),
  fc
    .tuple(pick, moments, account)
    .map(([of, at, to]) => statement(sql`UPDATE tbl_transaction SET dateValue = ${at}, account = ${to} WHERE id = ${transaction(of)}`)),
  moments.map((at) => statement(sql`UPDATE tbl_transaction SET dateValue = dateValue + INTERVAL 1 MONTH WHERE dateValue < ${at}`)),
  fc.tuple(category, category).map(([from, to]) => statement(sql`UPDATE tbl_accountingEntry SET category = ${to} WHERE category <=> ${from}`)),
  fc.tuple(pick, cents).map(([of, amount]) => async (given: TestDatabase) => {
    const found = await given.db.first<{ id: number }>(sql`SELECT id FROM tbl_transaction WHERE id = ${transaction(of)}`)
    if (!found) return
    const entries = [{ id: null, dateImport: '2026-01-01T00:00:00', amount, checked: false, accountingPlanned: false, category_name: 'Strom' }]
    const answer = await ask(given, 'PUT', `/api/transactions/${found.id}/entries`, { entries })
    expect(answer).toMatchObject({ status: 200 })
  }),
  fc.constant<Write>(({ db }) => takeChangesOver(db)),
)

const modelOf = async (db: Db): Promise<Model> => ({
  today,
  plannings: [],
  accounts: [
    { id: 1, name: 'giro', type: 1, start: 700, dateStart: '2024-01-01', dateEnd: null },
    { id: 2, name: 'haus', type: 3, start: -300, dateStart: '2024-01-01', dateEnd: null },
  ],
  entries: await db.all(sql`SELECT t.account, CAST(t.dateValue AS CHAR) AS at, c.name AS category, CAST(e.amount * 100 AS INT) AS amount
    FROM tbl_transaction t JOIN tbl_accountingEntry e ON e.transaction = t.id LEFT JOIN tbl_category c ON c.id = e.category`),
})

const rowsOf = async (path: string): Promise<unknown> => (await ask<{ rows?: unknown }>(database, 'GET', `/api/${path}`)).body.rows

/** Every report of entries is what the rules say of the entries that are there. */
const expectReports = async (year: number) => {
  const model = await modelOf(database.db)
  expect(await rowsOf(`accounts/income?account=giro&year=${year}`)).toEqual(categoryReport(model, [1], year, 1))
  expect(await rowsOf(`accounts/all-accounts/expenses?year=${year}`)).toEqual(categoryReport(model, [1, 2], year, -1))
  expect(await rowsOf(`accounts/all-accounts/summary?year=${year}`)).toEqual(summaryReport(model, [1, 2], year))
  expect(await rowsOf(`year-overview/account-balances?year=${year}`)).toEqual(balances(model, year))
  expect(await rowsOf(`year-overview/account-balances-monthly?year=${year}`)).toEqual(changes(model, year))
  expect(await rowsOf(`year-overview/loans?year=${year}`)).toEqual(endBalances(model, 3, year))
  expect(((await rowsOf(`year-overview/assets-month-end?year=${year}`)) as unknown[]).slice(0, 2)).toEqual([
    assetsOfType(model, 'Kontostand', 1, year),
    assetsOfType(model, 'Darlehen', 3, year),
  ])
}

test('whoever writes, in whatever order, the sums and the reports are those of the entries', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(writes, { minLength: 1, maxLength: 25 }), fc.integer({ min: 2024, max: 2028 }), async (sequence, year) => {
      await fresh(database.db)
      for (const write of sequence) await write(database)
      expect(await missing(database.db)).toEqual([])
      await expectReports(year)
    }),
    { numRuns: 25 },
  )
}, 180_000)

test('changes are taken over once, and then there are none', async () => {
  const { db } = database
  for (const at of ['2024-01-31 00:00:01', '2024-01-31', '2025-05-05']) await db.run(book(1.25, at))
  await Promise.all([takeChangesOver(db), takeChangesOver(db), takeChangesOver(db)])
  await takeChangesOver(db)
  expect(await db.all(sql`SELECT id FROM finia_changes`)).toEqual([])
  expect(await db.all(sql`SELECT happened, amount, entries FROM finia_account_months WHERE entries <> 0 ORDER BY happened`)).toEqual([
    { happened: '2024-01-01T00:00:00', amount: '1.2500000000', entries: 1 },
    { happened: '2024-01-31T12:00:00', amount: '1.2500000000', entries: 1 },
    { happened: '2025-05-01T00:00:00', amount: '1.2500000000', entries: 1 },
  ])
  expect(await missing(db)).toEqual([])
})

test('imports and edits at once, with the sums being brought up to date meanwhile, lose nothing', async () => {
  const { db } = database
  await db.run(book(1, '2025-01-31'))
  const { first, firstTransaction } = (await db.first<{ first: number; firstTransaction: number }>(
    sql`SELECT id AS first, transaction AS firstTransaction FROM tbl_accountingEntry`,
  )) ?? { first: 0, firstTransaction: 0 }
  const load = (start: number) => async () => {
    for (let turn = 0; turn < 4; turn++) {
      await retriedTransaction(db, async (inside) => {
        await inside.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account)
          SELECT NOW(), CONCAT(${start}, '-', ${turn}, '-', seq), seq, '2025-01-01' + INTERVAL (seq * ${start} MOD 400) DAY, 1 + seq MOD 2 FROM seq_1_to_200`)
        const entries = await inside.all<{ id: number }>(
          sql`SELECT e.id FROM tbl_accountingEntry e JOIN tbl_transaction t ON t.id = e.transaction WHERE t.description LIKE ${`${start}-${turn}-%`} ORDER BY 1`,
        )
        await inside.run(sql`UPDATE tbl_accountingEntry SET category = 1 + id MOD 2 WHERE id IN (${join(entries.map(({ id }) => id))})`)
      })
    }
  }
  const edit = async () => {
    for (let turn = 0; turn < 8; turn++) {
      await retriedTransaction(db, (inside) => inside.run(book(turn, '2025-02-02')))
      await retriedTransaction(db, (inside) => inside.run(sql`UPDATE tbl_accountingEntry SET amount = amount + 1 WHERE id = ${first}`))
      await retriedTransaction(db, (inside) =>
        inside.run(sql`UPDATE tbl_transaction SET dateValue = dateValue + INTERVAL 1 DAY WHERE id = ${firstTransaction}`),
      )
    }
  }
  const takeOver = async () => {
    for (let turn = 0; turn < 8; turn++) await takeChangesOver(db)
  }
  await Promise.all([load(7)(), load(11)(), edit(), takeOver(), takeOver()])
  expect(await db.first(sql`SELECT COUNT(*) AS found FROM tbl_accountingEntry`)).toEqual({ found: 1609 })
  expect(await missing(db)).toEqual([])
  await expectReports(2025)
}, 60_000)

test('who changes an entry does not wait for another one who changes one of the same month, nor does whoever takes changes over', async () => {
  const { db } = database
  for (let turn = 0; turn < 2; turn++) await db.run(book(turn, '2025-02-02'))
  const [one, other] = await db.all<{ id: number }>(sql`SELECT id FROM tbl_accountingEntry ORDER BY id`)
  await db.transaction(async (first) => {
    await first.run(sql`UPDATE tbl_accountingEntry SET amount = 5 WHERE id = ${one?.id}`)
    await db.transaction(async (second) => {
      await second.run(sql`SET innodb_lock_wait_timeout = 1`)
      await second.run(sql`UPDATE tbl_accountingEntry SET amount = 6 WHERE id = ${other?.id}`)
    })
    await takeChangesOver(db)
  })
  // what was not committed by then is still noted down
  expect(await db.all(sql`SELECT amount, weight FROM finia_changes ORDER BY id`)).toEqual([
    { amount: '0.0000000000', weight: -1 },
    { amount: '5.0000000000', weight: 1 },
  ])
  expect(await missing(db)).toEqual([])
  await expectReports(2025)
})

test('a database with entries gets their sums, however often the migration is cut off and whatever is written meanwhile', async () => {
  const before = migrations.filter(({ version }) => version < monthSums.version)
  const after = [...before, monthSums]
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat({ max: monthSums.statements.length - 1 }), { minLength: 1, maxLength: 3 }), async (cuts) => {
      const db = databases.open(await aUser())
      await migrate(db, { ...all, migrations: before })
      await fresh(db)
      for (const at of ['2024-02-29 23:59:59', '2024-02-29', '2025-01-01', '0000-00-00']) await db.run(book(3, at, 2))
      for (const cut of cuts) {
        const onProgress = async ({ phase, current }: { phase: string; current: number }) => {
          if (phase !== 'executing' || current !== cut) return
          await db.run(book(5, '2025-06-06'))
          await db.run(sql`UPDATE tbl_accountingEntry SET amount = amount + 1, category = 1`)
          throw new Error('cut off')
        }
        await expect(migrate(db, { ...all, migrations: after, onProgress })).rejects.toThrow('cut off')
      }
      await migrate(db, { ...all, migrations: after })
      expect(await missing(db)).toEqual([])
      expect(await db.first(sql`SELECT SUM(entries) AS entries FROM finia_account_months`)).not.toEqual({ entries: null })
    }),
    { numRuns: 5 },
  )
}, 120_000)

test('without its triggers, as after loading a dump of FiniA, the reports read the entries, and the migration is due again', async () => {
  const { db } = database
  await db.run(book(2, '2025-03-03'))
  for (const { name } of sumTriggers) await db.run(raw(`DROP TRIGGER ${name}`))
  await db.run(book(40, '2025-03-04'))
  await expectReports(2025)
  expect(await migrationStatus(db, ['expand'])).toMatchObject({ pending: [{ version: '003' }], needs_upgrade: true })
  await migrate(db, all)
  expect(await missing(db)).toEqual([])
  expect(await migrationStatus(db, ['expand'])).toMatchObject({ pending: [] })
  await expectReports(2025)
})

test('what no trigger was told of is mended, once', async () => {
  const { db } = database
  await db.run(book(2, '2025-03-03'))
  await db.run(sql`UPDATE finia_account_months SET amount = amount + 1`)
  await db.run(sql`TRUNCATE finia_changes`)
  expect(await missing(db)).not.toEqual([])
  expect(await mendMonthSums(db)).toBe(true)
  expect(await missing(db)).toEqual([])
  expect(await mendMonthSums(db)).toBe(false)
  await expectReports(2025)
})

test('after very much was written the reports read the entries, and take it over piece by piece', async () => {
  const { db } = database
  await db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account)
    SELECT NOW(), UUID(), seq, '2024-01-01' + INTERVAL seq MOD 900 DAY, 1 + seq MOD 2 FROM seq_1_to_8000`)
  await db.run(sql`UPDATE tbl_accountingEntry SET amount = amount + 1`)
  const waiting = async () => (await db.first<{ n: number }>(sql`SELECT COUNT(*) AS n FROM finia_changes`))?.n ?? 0
  const seen: boolean[] = []
  for (let before = await waiting(); before >= 2_000 && seen.length < 10; before = await waiting()) {
    seen.push(await hasMonthSums(db))
    expect(await rowsOf('year-overview/account-balances?year=2025')).toEqual(balances(await modelOf(db), 2025))
  }
  // of 24,000 each report takes 5,000, and asking here does as well
  expect(seen).toEqual([false, true, true])
  expect(await missing(db)).toEqual([])
  await expectReports(2025)
})
