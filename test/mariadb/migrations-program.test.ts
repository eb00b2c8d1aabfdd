import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import { migrations, schemaRange } from '../../api/db/migrations/all.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { asAdmin, aUser, someDatabases } from './environment.ts'
import { inFolder, run, serverEnvironment, write } from './process.ts'

const account = { user: `m${randomBytes(6).toString('hex')}`, password: randomBytes(12).toString('base64url') }

beforeAll(() =>
  asAdmin(async (db) => {
    await db.run(sql`CREATE USER ${account.user}@'%' IDENTIFIED BY ${account.password}`)
    await db.run(raw(`GRANT ALL PRIVILEGES ON \`finiaDB\\_%\`.* TO '${account.user}'@'%'`))
  }),
)
afterAll(() => asAdmin((db) => db.run(raw(`DROP USER '${account.user}'@'%'`))))

interface Message {
  readonly databases: readonly { readonly user: string; readonly schemaVersion: string | null; readonly applied: readonly string[]; readonly error?: string }[]
  readonly error?: string
}

/** Runs the program as the Job does; its exit status, termination message and lines. */
const job = (given: readonly string[], environment: Record<string, string> = {}) =>
  inFolder(async (folder) => {
    const termination = write(folder, 'termination-log', '')
    const program = run('api/migrate.ts', given, {
      ...serverEnvironment(),
      FINIA_MIGRATE_USER: account.user,
      FINIA_MIGRATE_PASSWORD_FILE: write(folder, 'password', `${account.password}\n`),
      FINIA_TERMINATION_LOG: termination,
      ...environment,
    })
    const status = await program.exit
    const message = JSON.parse(readFileSync(termination, 'utf8')) as Message
    const lines = program.output().trim().split('\n')
    return { status, message, lines }
  })

const inDatabaseOf = async <T extends object>(user: Login, statement: ReturnType<typeof sql>) => asAdmin((db) => db.all<T>(statement), user.database)

test('a new user’s database gets the schema and the seed, owned by the migration account, once', async () => {
  const user = await aUser()
  const first = await job(['--user', user.username, '--seed'])
  expect(first).toMatchObject({
    status: 0,
    message: {
      databases: [{ user: user.username, database: user.database, schemaVersion: schemaRange.max, applied: migrations.map(({ version }) => version) }],
    },
  })
  for (const line of first.lines) expect(() => JSON.parse(line)).not.toThrow()
  expect(first.lines.join('\n')).not.toContain(account.password)
  expect(await inDatabaseOf(user, sql`SELECT DISTINCT definer FROM information_schema.triggers WHERE trigger_schema = DATABASE()`)).toEqual([
    { definer: `${account.user}@%` },
  ])
  const categories = sql`SELECT fullname FROM view_categoryFullname`
  expect(await inDatabaseOf(user, categories)).toHaveLength(58)
  expect(await inDatabaseOf(user, categories)).toContainEqual({ fullname: 'Investments - Wertpapiere - Dividende (Wertpapiere)' })
  expect(
    await inDatabaseOf(
      user,
      sql`SELECT depot.name, clearing.name AS clearing FROM tbl_account depot JOIN tbl_account clearing ON clearing.id = depot.clearingAccount`,
    ),
  ).toEqual([{ name: 'Depot', clearing: 'Girokonto' }])
  expect(await inDatabaseOf(user, sql`SELECT type FROM tbl_accountImportFormat ORDER BY type`)).toEqual([
    { type: 'csv-cb' },
    { type: 'csv-mintos' },
    { type: 'csv-spk' },
  ])
  const formats = sql`SELECT JSON_VALUE(value, '$.name') AS name FROM tbl_setting WHERE \`key\` = 'import_format' ORDER BY name`
  expect(await inDatabaseOf(user, formats)).toEqual([{ name: 'csv-cb' }, { name: 'csv-loan' }, { name: 'csv-mintos' }, { name: 'csv-spk' }])
  await asAdmin((db) => db.run(sql`DELETE FROM tbl_category WHERE name = 'Sport'`), user.database)
  await asAdmin((db) => db.run(sql`DELETE FROM tbl_setting`), user.database)
  expect(await job(['--user', user.username, '--seed'])).toMatchObject({ status: 0, message: { databases: [{ applied: [] }] } })
  expect(await inDatabaseOf(user, categories)).toHaveLength(57)
  expect(await inDatabaseOf(user, formats)).toEqual([])
})

test('the trigger of a database that its user migrated himself becomes the migration account’s, and works without the user', async () => {
  const user = await aUser()
  const databases = someDatabases()
  await migrate(databases.open(user), { labels: ['expand'], dryRun: false })
  await databases.close()
  await job(['--user', user.username, '--expand'])
  await asAdmin((db) => db.run(raw(`DROP USER '${user.username}'@'%'`)))
  await asAdmin(async (db) => {
    await db.run(
      sql`INSERT INTO tbl_account (dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type) VALUES (NOW(), 'Giro', 'DE1', '', 0, '2026-01-01', 1)`,
    )
    await db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), 'x', 1, '2026-02-03', 1)`)
  }, user.database)
  expect(await inDatabaseOf(user, sql`SELECT amount FROM tbl_accountingEntry`)).toEqual([{ amount: '1.0000000000' }])
})

test('of several users one without a database fails with a sentence, and the others are served', async () => {
  const user = await aUser()
  const answer = await job(['--user', 'nobody_here', '--user', user.username])
  expect(answer.status).toBe(1)
  expect(answer.message.databases).toHaveLength(2)
  expect(answer.message.databases.find(({ user: name }) => name === 'nobody_here')?.error).toContain('finiaDB_nobody_here')
  expect(answer.message.databases.find(({ user: name }) => name === user.username)).not.toHaveProperty('error')
})

test('a dry run and --all touch nothing and list the new database', async () => {
  const user = await aUser()
  const answer = await job(['--all', '--dry-run'])
  expect(answer.lines.map((line) => JSON.parse(line) as { user?: string; applied?: string[] })).toContainEqual(
    expect.objectContaining({ user: user.username, applied: migrations.map(({ version }) => version), schemaVersion: null }),
  )
  expect(await inDatabaseOf(user, sql`SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()`)).toEqual([])
})

test.each([
  ['no user', [], {}, 'name users by --user'],
  ['an unknown argument', ['--force'], {}, '--force'],
  ['a wrong port', ['--all'], { DB_PORT: 'many' }, 'DB_PORT (or database.port in config.yaml) is "many"'],
  ['no account', ['--all'], { FINIA_MIGRATE_USER: '' }, 'FINIA_MIGRATE_USER is missing'],
  ['a seed file that is not there', ['--all', '--seed'], { FINIA_CONFIG: 'test/mariadb/fixtures/no-seed.yaml' }, 'database.init_data names ./nowhere.yaml'],
])('%s is exit status 2 and a sentence', async (_what, given, environment, sentence) => {
  const { status, message } = await job(given, environment)
  expect(status).toBe(2)
  expect(message.error).toContain(sentence)
})
