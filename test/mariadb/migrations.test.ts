import fc from 'fast-check'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '../../api/db/db.ts'
import { migrations } from '../../api/db/migrations/all.ts'
import { migrate, migrationStatus } from '../../api/db/migrations/run.ts'
import type { MysqlDatabases } from '../../api/db/mysql.ts'
import { aUser, someDatabases } from './environment.ts'

let databases: MysqlDatabases
beforeAll(() => {
  databases = someDatabases()
})
afterAll(() => databases.close())

const all = { labels: ['expand', 'contract'], dryRun: false } as const
const emptyDatabase = async (): Promise<Db> => databases.open(await aUser())

/** Everything that makes a schema: columns, keys, views, triggers and the rows that come with it. */
const schemaOf = async (db: Db) => ({
  columns: await db.all(
    sql`SELECT table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`,
  ),
  keys: await db.all(
    sql`SELECT table_name, index_name, non_unique, seq_in_index, column_name FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`,
  ),
  references: await db.all(
    sql`SELECT table_name, constraint_name, referenced_table_name, delete_rule FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE() ORDER BY table_name, constraint_name`,
  ),
  views: await db.all(sql`SELECT table_name, security_type FROM information_schema.views WHERE table_schema = DATABASE() ORDER BY table_name`),
  triggers: await db.all(
    sql`SELECT trigger_name, event_object_table, action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name`,
  ),
  types: await db.all(sql`SELECT id, type FROM tbl_accountType ORDER BY id`),
  cycles: await db.all(sql`SELECT id, cycle, periodValue, periodUnit FROM tbl_planningCycle ORDER BY id`),
  finia: await db.all(sql`SELECT version, description, checksum FROM schema_migrations ORDER BY version`),
  ours: await db.all(sql`SELECT version, name, label, checksum FROM finia_schema ORDER BY version`),
})

/** FiniA's own; the others are those of our migrations. */
const theTrigger = expect.objectContaining({ trigger_name: 'trg_transaction_create_accounting_entry' })

const tableNames = async (db: Db) =>
  (
    await db.all<{ name: string }>(
      sql`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1`,
    )
  ).map(({ name }) => name)

test('an empty database gets the sixteen tables, the views, the trigger, the seeds and both kinds of bookkeeping', async () => {
  const db = await emptyDatabase()
  expect(await migrationStatus(db, ['expand'])).toMatchObject({
    current_version: null,
    is_initial: true,
    needs_upgrade: false,
    pending_count: migrations.length,
  })
  expect(await migrate(db, all)).toEqual({ applied: migrations.map(({ version }) => version), skipped: [], version: migrations.at(-1)?.version })
  const schema = await schemaOf(db)
  expect((await tableNames(db)).filter((name) => name.startsWith('tbl_'))).toHaveLength(16)
  expect(schema.views).toHaveLength(8)
  expect(new Set(schema.views.map((view) => (view as { security_type: string }).security_type))).toEqual(new Set(['INVOKER']))
  expect(schema.triggers).toContainEqual(theTrigger)
  expect(schema.types).toHaveLength(5)
  expect(schema.cycles).toContainEqual({ id: 6, cycle: 'vierteljährlich', periodValue: '3.00', periodUnit: 'm' })
  expect(schema.finia.map((row) => (row as { version: string }).version)).toEqual(['000', '001'])
  expect(await migrationStatus(db, ['expand'])).toMatchObject({ pending: [], is_initial: false, needs_upgrade: false, migrations_table_exists: true })
})

test('a transaction inserted by plain SQL gets one accounting entry, and the same one twice is refused', async () => {
  const db = await emptyDatabase()
  await migrate(db, all)
  await db.run(
    sql`INSERT INTO tbl_account (dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type) VALUES (NOW(), 'Giro', 'DE1', '', 0, '2026-01-01', 1)`,
  )
  const insert = sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), 'Miete', -12.34, '2026-02-03 04:05:06', 1)`
  await db.run(insert)
  expect(await db.all(sql`SELECT checked, amount, \`transaction\`, category FROM tbl_accountingEntry`)).toEqual([
    { checked: 0, amount: '-12.3400000000', transaction: 1, category: null },
  ])
  const [row] = await db.all(sql`SELECT duplicateHashComputed AS stored, MD5('|Miete|-12.3400000000|2026-02-03 04:05:06|1') AS expected FROM tbl_transaction`)
  expect(row).toMatchObject({ stored: (row as { expected: string }).expected })
  await expect(db.run(insert)).rejects.toMatchObject({ fault: 'duplicate' })
})

test('every view answers', async () => {
  const db = await emptyDatabase()
  await migrate(db, all)
  const views = await db.all<{ name: string }>(sql`SELECT table_name AS name FROM information_schema.views WHERE table_schema = DATABASE()`)
  for (const { name } of views) expect(await db.all(raw(`SELECT * FROM ${name}`))).toEqual([])
})

test('a second run changes nothing', async () => {
  const db = await emptyDatabase()
  await migrate(db, all)
  const before = await schemaOf(db)
  expect(await migrate(db, all)).toMatchObject({ applied: [], skipped: [] })
  expect(await schemaOf(db)).toEqual(before)
})

test('a dry run lists what it would do and does nothing', async () => {
  const db = await emptyDatabase()
  expect(await migrate(db, { ...all, dryRun: true })).toMatchObject({ applied: migrations.map(({ version }) => version), version: null })
  expect(await tableNames(db)).toEqual([])
})

test('a run that is cut off after any statement is completed by the next one', async () => {
  const whole = await emptyDatabase()
  await migrate(whole, all)
  const expected = await schemaOf(whole)
  const steps = migrations.flatMap(({ statements }) => statements).length
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: steps }), async (cut) => {
      const db = await emptyDatabase()
      let done = 0
      const onProgress = ({ phase, current }: { phase: string; current: number }) => {
        if (phase === 'executing' && current > 0 && ++done === cut) throw new Error('cut off')
      }
      await expect(migrate(db, { ...all, onProgress })).rejects.toThrow('cut off')
      await migrate(db, all)
      expect(await schemaOf(db)).toEqual(expected)
    }),
    { numRuns: 12 },
  )
}, 120_000)

test('a database that FiniA made is taken over: its bookkeeping stands, the missing trigger is added, its rows stay', async () => {
  const db = await emptyDatabase()
  await migrate(db, all)
  await db.run(sql`DROP TABLE finia_schema`)
  await db.run(sql`DROP TRIGGER trg_transaction_create_accounting_entry`)
  await db.run(sql`UPDATE tbl_planningCycle SET periodValue = 1, periodUnit = 'y' WHERE id IN (6, 7)`)
  await db.run(sql`DELETE FROM tbl_accountType WHERE id = 4`)
  const before = await db.all(sql`SELECT * FROM schema_migrations ORDER BY version`)
  expect(await migrationStatus(db, ['expand'])).toMatchObject({ current_version: '001', is_initial: false, needs_upgrade: true })
  await migrate(db, all)
  const schema = await schemaOf(db)
  expect(schema.triggers).toContainEqual(theTrigger)
  expect(schema.types).toHaveLength(4)
  expect(schema.cycles).toContainEqual({ id: 6, cycle: 'vierteljährlich', periodValue: '1.00', periodUnit: 'y' })
  expect(await db.all(sql`SELECT * FROM schema_migrations ORDER BY version`)).toEqual(before)
})

test('two runs at once do the work once', async () => {
  const user = await aUser()
  const [one, other] = [someDatabases(), someDatabases()]
  const results = await Promise.all([migrate(one.open(user), all), migrate(other.open(user), all)])
  expect(results.map(({ applied }) => applied.length).toSorted((a, b) => a - b)).toEqual([0, migrations.length])
  await Promise.all([one.close(), other.close()])
})

test('a migration that was changed after it was applied is refused, naming it', async () => {
  const db = await emptyDatabase()
  await migrate(db, all)
  await db.run(sql`UPDATE finia_schema SET checksum = 'another' WHERE version = '001'`)
  await expect(migrate(db, all)).rejects.toThrow('Migration 001 integrity check failed!')
})

test('a contract step and what follows it wait until they are asked for', async () => {
  const db = await emptyDatabase()
  const step = (version: string, label: 'expand' | 'contract') => ({
    version,
    name: 'step',
    label,
    statements: [`CREATE TABLE IF NOT EXISTS step_${version} (id INT)`],
  })
  const steps = [step('901', 'expand'), step('902', 'contract'), step('903', 'expand')]
  expect(await migrate(db, { labels: ['expand'], dryRun: false, migrations: steps })).toMatchObject({ applied: ['901'] })
  expect(await migrate(db, { ...all, migrations: steps })).toMatchObject({ applied: ['902', '903'], version: '903' })
})
