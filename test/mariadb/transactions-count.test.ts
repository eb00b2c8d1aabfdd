import fc from 'fast-check'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../api/db/db.ts'
import { countTriggers } from '../../api/db/migrations/004/count-triggers.ts'
import { countDifference, mendTransactionCounts } from '../../api/db/migrations/004/counts.ts'
import { transactionLists } from '../../api/db/migrations/004_transaction_lists.ts'
import { migrations } from '../../api/db/migrations/all.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import type { MysqlDatabases } from '../../api/db/mysql.ts'
import { countKept, takeCountsOver } from '../../api/transactions/count.ts'
import { findPage } from '../../api/transactions/page.ts'
import { aUser, someDatabases, type TestDatabase } from './environment.ts'
import { aBankDatabase, anAccountBody, ask, importCsv } from './import-form.ts'

const all = { labels: ['expand', 'contract'], dryRun: false } as const
let databases: MysqlDatabases
beforeAll(() => {
  databases = someDatabases()
})
afterAll(() => databases.close())

const blank = { search: '', filter: '', account_id: 0, page: 1, page_size: 3, sort_by: '', sort_dir: '' }
const accounts = sql`INSERT INTO tbl_account (id, dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type) VALUES
  (1, NOW(), 'a', 'a', '', 0, NOW(), 1), (2, NOW(), 'b', 'b', '', 0, NOW(), 1), (3, NOW(), 'c', 'c', '', 0, NOW(), 1)`
const booked = (account: number, rows = 1) =>
  sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) SELECT NOW(), UUID(), 1, NOW(), ${account} FROM seq_1_to_1000 LIMIT ${rows}`
const removed = [sql`DELETE FROM tbl_accountingEntry WHERE transaction MOD 3 = 0`, sql`DELETE FROM tbl_transaction WHERE id MOD 3 = 0`]
const missing = (db: Db) => db.all(raw(countDifference))
const totals = (db: Db) => Promise.all([0, 1, 2, 3].map(async (account_id) => (await findPage(db, { ...blank, account_id })).total))
/** As they are when they are counted. */
const truth = async (db: Db) => {
  const numbers = [1, 2, 3].map(
    async (account) => (await db.first<{ n: number }>(sql`SELECT COUNT(*) AS n FROM tbl_transaction WHERE account = ${account}`))?.n ?? 0,
  )
  const counted = await Promise.all(numbers)
  return [counted.reduce((sum, number) => sum + number, 0), ...counted]
}

const account = fc.integer({ min: 1, max: 3 })
/** As FiniA, an import and a person with a database tool write. */
const writes: fc.Arbitrary<(db: Db) => Promise<unknown>> = fc.oneof(
  fc.tuple(account, fc.constantFrom(1, 2, 999)).map(
    ([of, rows]) =>
      (db: Db) =>
        db.run(booked(of, rows)),
  ),
  fc.tuple(account, account).map(
    ([from, to]) =>
      (db: Db) =>
        db.run(sql`UPDATE tbl_transaction SET account = ${to} WHERE account = ${from} AND id MOD 2`),
  ),
  fc.constant(async (db: Db) => {
    for (const statement of removed) await db.run(statement)
  }),
  fc.constant((db: Db) => db.transaction(async (inside) => inside.run(booked(1, 5)).then(() => Promise.reject(new Error('undone')))).catch(() => undefined)),
  fc.constant(takeCountsOver),
)

test('each account knows how many transactions it has, whoever writes them, without counting them', async () => {
  const database = await aBankDatabase()
  const { db } = database
  await db.run(sql`DELETE FROM tbl_account`)
  await db.run(accounts)
  await fc.assert(
    fc.asyncProperty(fc.array(writes, { minLength: 1, maxLength: 12 }), async (sequence) => {
      for (const write of sequence) {
        await write(db)
        expect(await Promise.all([0, 1, 2, 3].map((of) => countKept(db, of)))).toEqual(await truth(db))
      }
      expect(await missing(db)).toEqual([])
    }),
    { numRuns: 15 },
  )
  await takeCountsOver(db)
  expect((await db.first<{ n: number }>(sql`SELECT COUNT(*) AS n FROM finia_transaction_changes`))?.n).toBeLessThan(2_000)
  await database.close()
}, 60_000)

test('importers and editors at once: nobody fails, and the total is right while they work and afterwards', async () => {
  const database = await aBankDatabase()
  await ask(database, 'POST', '/api/accounts/', anAccountBody({ name: 'Boot', iban_accountNumber: 'DE2' }))
  await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name) VALUES (1, NOW(), 'Essen'), (2, NOW(), 'Rest')`)
  const conditions = (value: string) => [{ id: 1, type: 'contains', columnName: 'description', value }]
  for (const [index, value] of ['Brot', '7'].entries())
    await ask(database, 'POST', '/api/category-automation/rules', { name: value, conditions: conditions(value), category: index + 1 })
  const progress = { asked: 0, done: 0 }
  const send = async (rows: string, count: number, to: number) => {
    progress.asked += count
    const answer = await importCsv(database, `Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n${rows}`, 'csv-cb', to)
    expect(answer).toMatchObject({ status: 200, body: { inserted: count } })
    progress.done += count
  }
  const importer = async (name: string, to: number) => {
    for (let turn = 0; turn < 4; turn++) {
      const rows = Array.from({ length: 150 }, (_, index) => `${1 + (index % 28)}.01.2025;-${index},50;Brot ${name}-${turn}-${index};DE77;;Bäcker\n`)
      await send(rows.join(''), rows.length, to)
    }
  }
  await send('01.01.2024;-1,00;Anfang;;;\n02.01.2024;-2,00;Mitte;;;\n03.01.2024;-3,00;Ende;;;\n', 3, 1)
  const [first = 0, ...others] = (await database.db.all<{ id: number }>(sql`SELECT id FROM tbl_transaction ORDER BY id`)).map(({ id }) => id)
  const editor = async (id: number) => {
    for (let turn = 0; turn < 12; turn++) {
      const entries = [1, 2].map((part) => ({ id: null, dateImport: '2026-01-01T00:00:00', amount: turn + part, category_name: 'Rest' }))
      expect(await ask(database, 'PUT', `/api/transactions/${id}/entries`, { entries })).toMatchObject({ status: 200 })
      expect(await ask(database, 'POST', '/api/transactions/mark-checked', { transaction_ids: [first, ...others] })).toMatchObject({ status: 200 })
    }
  }
  let isOver = false
  const reader = async (given: TestDatabase) => {
    while (!isOver) {
      const atLeast = progress.done
      const { status, body } = await ask<{ total: number }>(given, 'GET', '/api/transactions/?page_size=1')
      expect(status).toBe(200)
      expect(body.total).toBeGreaterThanOrEqual(atLeast)
      expect(body.total).toBeLessThanOrEqual(progress.asked)
      await takeCountsOver(given.db)
    }
  }
  const reading = reader(database)
  await Promise.all([importer('a', 1), importer('b', 1), importer('c', 2), importer('d', 2), editor(first), editor(others[0] ?? 0), editor(others[1] ?? 0)])
  isOver = true
  await reading
  expect(await totals(database.db)).toEqual([2403, 1203, 1200, 0])
  expect(await missing(database.db)).toEqual([])
  await database.close()
}, 120_000)

test('a database with transactions gets their number, however often the migration is cut off and whatever is written meanwhile', async () => {
  const before = migrations.filter(({ version }) => version < transactionLists.version)
  const after = [...before, transactionLists]
  const moments = fc.uniqueArray(fc.nat({ max: transactionLists.statements.length - 1 }), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(moments, fc.boolean(), async (cuts, hadIt) => {
      const db = databases.open(await aUser())
      await migrate(db, { ...all, migrations: before })
      await db.run(accounts)
      await db.run(booked(1, 7))
      if (hadIt) {
        await migrate(db, { ...all, migrations: after })
        for (const { name } of countTriggers) await db.run(raw(`DROP TRIGGER ${name}`))
        for (const statement of removed) await db.run(statement)
      }
      for (const cut of cuts) {
        const onProgress = async ({ phase, current }: { phase: string; current: number }) => {
          if (phase !== 'executing' || current !== cut) return
          await db.run(booked(2))
          await db.run(sql`UPDATE tbl_transaction SET account = 3 ORDER BY id LIMIT 1`)
          throw new Error('cut off')
        }
        await expect(migrate(db, { ...all, migrations: after, onProgress })).rejects.toThrow('cut off')
        expect(await totals(db)).toEqual(await truth(db))
      }
      await migrate(db, { ...all, migrations: after })
      expect(await missing(db)).toEqual([])
      expect(await totals(db)).toEqual(await truth(db))
    }),
    { numRuns: 6, examples: [[[transactionLists.statements.length - 3], true]] },
  )
}, 120_000)

test('without the triggers, as after loading a dump of FiniA, the transactions are counted, and the next migration puts the numbers right', async () => {
  const database = await aBankDatabase()
  const { db } = database
  await db.run(booked(1, 4))
  for (const { name } of countTriggers) await db.run(raw(`DROP TRIGGER ${name}`))
  for (const statement of removed) await db.run(statement)
  await db.run(booked(1))
  expect(await countKept(db, 0)).toBeUndefined()
  expect(await totals(db)).toEqual(await truth(db))
  expect((await migrate(db, all)).applied).toContain('004')
  await db.run(booked(1))
  expect(await countKept(db, 0)).toEqual((await truth(db))[0])
  await database.close()
})

test('what no trigger was told of is mended, once', async () => {
  const database = await aBankDatabase()
  await database.db.run(booked(1, 4))
  await database.db.run(sql`TRUNCATE finia_transaction_changes`)
  expect(await mendTransactionCounts(database.db)).toBe(true)
  expect(await mendTransactionCounts(database.db)).toBe(false)
  expect(await countKept(database.db, 1)).toBe(4)
  await database.close()
})
