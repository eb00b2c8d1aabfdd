// A database of the original's becomes ours, and one of ours is what the original expects.
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../../../api/db/db.ts'
import { migrations } from '../../../api/db/migrations/all.ts'
import { migrate } from '../../../api/db/migrations/run.ts'
import { anApi, aUser, type TestApi } from '../environment.ts'
import { fill } from './household.ts'
import { originalBookkeeping, originalSeed, originalTables, originalTrigger, originalViews } from './original-schema.ts'
import { all, requestOf, samples } from './samples.ts'

let api: TestApi
beforeAll(async () => {
  api = await anApi()
})
afterAll(() => api.close())

const run = async (db: Db, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await db.run(raw(statement))
}

/** A user whose database the original has made, signed in to an API of ours. */
const taken = async (statements: readonly string[]) => {
  const user = await aUser()
  const db = api.databases.open(user)
  await run(db, statements)
  const answer = await api.app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: user.username, password: user.password } })
  const headers = { authorization: `Bearer ${answer.json<{ token: string }>().token}` }
  const inject: TestApi['app']['inject'] = ((options: object) =>
    api.app.inject({ ...options, headers: { ...headers, ...(options as { headers?: object }).headers } })) as never
  const status = async () => (await inject({ url: '/api/setup/migrations/status' })).json<object>()
  const apply = async () => (await inject({ method: 'POST', url: '/api/setup/migrations/apply', payload: {} })).body.trim().split('\n\n').at(-1)
  return { db, inject, status, apply }
}

const triggers = async (db: Db) =>
  (
    await db.all<{ name: string }>(
      sql`SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE() AND trigger_name LIKE 'trg%'`,
    )
  ).map(({ name }) => name)
const data = async (db: Db) => ({
  accounts: await db.all(sql`SELECT * FROM tbl_account`),
  types: await db.all(sql`SELECT * FROM tbl_accountType`),
  cycles: await db.all(sql`SELECT * FROM tbl_planningCycle`),
  categories: await db.all(sql`SELECT * FROM tbl_category`),
  transactions: await db.all(sql`SELECT * FROM tbl_transaction`),
  entries: await db.all(sql`SELECT * FROM tbl_accountingEntry`),
  shares: await db.all(sql`SELECT * FROM tbl_share`),
  settings: await db.all(sql`SELECT * FROM tbl_setting`),
})
const bookkeeping = (db: Db) => db.all(sql`SELECT * FROM schema_migrations ORDER BY version`)

const made = [...originalTables, ...originalSeed]
const origins = [
  ['that its migrations made', [...made, originalTrigger, ...originalBookkeeping], true],
  ['whose trigger is missing', [...made, ...originalBookkeeping], true],
  ['that its set-up made, without trigger and bookkeeping', made, false],
] as const

describe.each(origins)('a database of the original %s', (_what, statements, recorded) => {
  test('is taken over as it is: nothing of it changes, the trigger is there once, and the original still knows it', async () => {
    const { db, status, apply } = await taken(statements)
    await fill(db)
    const before = await data(db)
    const books = recorded ? await bookkeeping(db) : undefined
    expect(await status()).toMatchObject({
      migrations_table_exists: recorded,
      current_version: recorded ? '001' : null,
      is_initial: !recorded,
      needs_upgrade: recorded,
      pending_count: migrations.length,
    })
    expect(await apply()).toContain('"status":"success"')
    expect(await data(db)).toEqual(before)
    expect(await triggers(db)).toEqual(['trg_transaction_create_accounting_entry'])
    const after = await bookkeeping(db)
    if (books) expect(after).toEqual(books)
    expect(after).toMatchObject([
      { version: '000', description: 'schema_migrations_table', checksum: '178a56a3a635b8fed975f84ab732e20fba69bbf148e2ec3b89b661fd8b69b233' },
      { version: '001', description: 'initial_schema', checksum: '6e350c9f9fda6c62a51b17a142fa10a61efdf03d668043ea6be2ff32d0db8d2e' },
    ])
    expect(await status()).toMatchObject({ migrations_table_exists: true, pending: [], pending_count: 0, is_initial: false, needs_upgrade: false })
  })

  test('serves every operation afterwards', async () => {
    const { db, inject, apply } = await taken(statements)
    await apply()
    await fill(db)
    const answers = []
    // what asks for a password has nothing to do with the database, and too many wrong ones are refused
    const asked = all.filter((operation) => !('password' in (samples[operation].json ?? {})))
    for (const operation of asked) answers.push([operation, (await inject(await requestOf(operation))).statusCode])
    expect(answers).toEqual(asked.map((operation) => [operation, samples[operation].status]))
  })

  test('has one entry for each transaction that comes afterwards, also by plain SQL', async () => {
    const { db, apply } = await taken(statements)
    await apply()
    await fill(db)
    expect(
      await db.all(sql`SELECT t.id, COUNT(e.id) AS entries FROM tbl_transaction t LEFT JOIN tbl_accountingEntry e ON e.transaction = t.id GROUP BY t.id`),
    ).toEqual([1, 2, 3].map((id) => ({ id, entries: 1 })))
  })
})

/** What is called finia_… is ours, and nobody has to know of it. */
const columnsOf = (db: Db) =>
  db.all(sql`
    SELECT table_name AS ofTable, column_name AS name, column_type AS type, is_nullable AS nullable, LOWER(column_default) AS fallback, LOWER(extra) AS extra, collation_name AS collation
    FROM information_schema.columns WHERE table_schema = DATABASE() AND (table_name LIKE 'tbl\\_%' OR table_name = 'schema_migrations') AND column_name NOT LIKE 'finia%' ORDER BY 1, 2`)
const referencesOf = (db: Db) =>
  db.all(sql`
    SELECT k.table_name AS ofTable, k.column_name AS name, k.referenced_table_name AS target, r.delete_rule AS onDelete, r.update_rule AS onUpdate
    FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
      ON r.constraint_schema = k.table_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
    WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL ORDER BY 1, 2`)
/** Each key as what it is on; names matter to nobody but where one is told. */
const keysOf = async (db: Db) => {
  const keys = await db.all<{ key: string }>(sql`
    SELECT CONCAT(table_name, ' ', IF(non_unique, 'key', 'unique'), ' ', GROUP_CONCAT(column_name ORDER BY seq_in_index)) AS \`key\` FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND (table_name LIKE 'tbl\\_%' OR table_name = 'schema_migrations') AND index_name NOT LIKE 'finia%' GROUP BY table_name, index_name, non_unique`)
  return [...new Set(keys.map(({ key }) => key))].toSorted()
}

describe('a database of ours', () => {
  test('has the tables of the original: columns, types, defaults, keys and references', async () => {
    const [ours, theirs] = [api.databases.open(await aUser()), api.databases.open(await aUser())]
    await migrate(ours, { labels: ['expand', 'contract'], dryRun: false })
    await run(theirs, [...originalTables, ...originalBookkeeping])
    expect(await columnsOf(ours)).toEqual(await columnsOf(theirs))
    expect(await referencesOf(ours)).toEqual(await referencesOf(theirs))
    expect(await keysOf(ours)).toEqual(expect.arrayContaining(await keysOf(theirs)))
    const named = await ours.all<{ name: string }>(
      sql`SELECT DISTINCT CONCAT(table_name, '.', index_name) AS name FROM information_schema.statistics WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name IN ('duplicateHash', 'unique_isin') ORDER BY 1`,
    )
    expect(named.map(({ name }) => name)).toEqual(['tbl_planning.duplicateHash', 'tbl_share.unique_isin', 'tbl_transaction.duplicateHash'])
  })

  test('has the views of the original with its columns', async () => {
    const db = api.databases.open(await aUser())
    await migrate(db, { labels: ['expand', 'contract'], dryRun: false })
    const rows = await db.all<{ view: string; name: string }>(
      sql`SELECT c.table_name AS view, c.column_name AS name FROM information_schema.columns c JOIN information_schema.views v ON v.table_schema = c.table_schema AND v.table_name = c.table_name
        WHERE c.table_schema = DATABASE() AND c.table_name LIKE 'view\\_%' ORDER BY c.table_name, c.ordinal_position`,
    )
    const columns = Object.fromEntries([...Map.groupBy(rows, ({ view }) => view)].map(([view, some]) => [view, some.map(({ name }) => name)]))
    expect(columns).toEqual(originalViews)
  })

  test('takes rows for what the original takes them: hashes, uniqueness without case and accents, no cascade', async () => {
    const db = api.databases.open(await aUser())
    await migrate(db, { labels: ['expand', 'contract'], dryRun: false })
    await fill(db)
    const again = (description: string, bic: string) =>
      db.run(
        sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account, iban, bic) VALUES (NOW(), ${description}, -1.50, '2024-01-01 08:30:00', 1, 'DE77', ${bic})`,
      )
    await expect(again('Brot', 'another')).rejects.toMatchObject({ fault: 'duplicate' })
    await again('brot', 'another')
    await expect(db.run(sql`INSERT INTO tbl_category (dateImport, name) VALUES (NOW(), 'GEBACK')`)).rejects.toMatchObject({ fault: 'duplicate' })
    for (const table of ['tbl_account', 'tbl_category', 'tbl_planningCycle', 'tbl_share', 'tbl_transaction', 'tbl_planning'])
      await expect(db.run(raw(`DELETE FROM ${table} WHERE id IN (1, 5)`))).rejects.toMatchObject({ fault: 'referenced' })
    await expect(db.run(sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('x', 'no JSON')`)).rejects.toMatchObject({ fault: 'badValue' })
  })
})
