// The program that brings users' databases up to date: run as a Job, by an account that owns every trigger.
import { writeFileSync } from 'node:fs'
import sql from 'sql-template-tag'
import { databaseOf } from './auth/username.ts'
import type { Account, Settings } from './config.ts'
import { type MysqlDatabases, mysqlDatabases } from './db/mysql.ts'
import { readStart, type Start } from './environment.ts'
import { type MigrateArguments, readArguments } from './migrate-arguments.ts'
import { type DatabaseReport, migrateDatabase, terminationMessage, type Wanted } from './migrate-database.ts'
import { readSeed } from './setup/read-seed.ts'
import { systemClock } from './system.ts'

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

const terminationPath = () => process.env.FINIA_TERMINATION_LOG || '/dev/termination-log'

/** The operator reads this from the pod's status; outside of a pod there is nowhere to write to, and nobody who would miss it. */
const leaveMessage = (text: string): void => {
  try {
    writeFileSync(terminationPath(), text, { flag: process.env.FINIA_TERMINATION_LOG ? 'w' : 'r+' })
  } catch (cause) {
    print({ level: 'debug', message: 'no termination message was left', code: (cause as NodeJS.ErrnoException).code })
  }
}

const refuse = (problems: readonly string[]): number => {
  for (const problem of problems) print({ level: 'error', message: problem })
  leaveMessage(terminationMessage([], problems.join(' ')))
  return 2
}

const connectAs = ({ settings, databaseCa }: Start): MysqlDatabases => {
  const { tls, ...database } = settings.database
  const bounds = { total: 2, perUser: 2, idleMilliseconds: 10_000, lifeMilliseconds: 3_600_000, waitMilliseconds: 60_000 }
  // a change of a large table takes as long as it takes
  return mysqlDatabases({ ...database, tls: tls.mode, ca: databaseCa, maxExecutionTime: 0 }, bounds, systemClock)
}

/** Everybody who has a database; the names say whose it is. */
const everybody = async (databases: MysqlDatabases, account: Account, { usernamePrefix, databasePrefix }: Settings['auth']): Promise<readonly string[]> => {
  const db = databases.open({ username: account.user, password: account.password, database: 'information_schema' })
  const rows = await db.all<{ name: string }>(
    sql`SELECT schema_name AS name FROM information_schema.schemata WHERE BINARY LEFT(schema_name, ${databasePrefix.length}) = BINARY ${databasePrefix} ORDER BY schema_name`,
  )
  return rows.map(({ name }) => usernamePrefix + name.slice(databasePrefix.length))
}

const migrateAll = async (databases: MysqlDatabases, account: Account, settings: Settings, users: readonly string[], wanted: Wanted): Promise<number> => {
  const reports: DatabaseReport[] = []
  for (const user of users) {
    const found = databaseOf(user, settings.auth)
    const database = 'database' in found ? found.database : ''
    const db = databases.open({ username: account.user, password: account.password, database })
    const report =
      'problem' in found ? { user, database, schemaVersion: null, applied: [], error: found.problem } : await migrateDatabase(db, user, database, wanted)
    print({ level: report.error ? 'error' : 'info', message: report.error ? 'database failed' : 'database is up to date', ...report })
    reports.push(report)
  }
  leaveMessage(terminationMessage(reports))
  return reports.some(({ error }) => error) ? 1 : 0
}

const run = async (start: Start, account: Account, wanted: MigrateArguments): Promise<number> => {
  const reading = wanted.seed ? readSeed(start.settings.database.initData) : { seed: undefined }
  if ('problems' in reading) return refuse(reading.problems)
  const databases = connectAs(start)
  try {
    const users = wanted.users.length > 0 ? wanted.users : await everybody(databases, account, start.settings.auth)
    return await migrateAll(databases, account, start.settings, users, { labels: wanted.labels, dryRun: wanted.dryRun, seed: reading.seed })
  } catch (cause) {
    const sentence = `The list of databases cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
    print({ level: 'error', message: sentence })
    leaveMessage(terminationMessage([], sentence))
    return 1
  } finally {
    await databases.close()
  }
}

const main = async (): Promise<number> => {
  const wanted = readArguments(process.argv.slice(2))
  const start = readStart(process.env)
  const account = 'settings' in start ? start.settings.migrate : undefined
  const problems = [
    ...('problem' in wanted ? [wanted.problem] : []),
    ...('problems' in start ? start.problems : []),
    ...('settings' in start && !account
      ? ['FINIA_MIGRATE_USER and FINIA_MIGRATE_PASSWORD are missing; set them to an account that may change the users’ databases.']
      : []),
  ]
  if ('problem' in wanted || 'problems' in start || !account) return refuse(problems)
  return run(start, account, wanted)
}

process.exitCode = await main()
