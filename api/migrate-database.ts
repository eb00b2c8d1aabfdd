// One user's database, brought up to date by the program migrate, and what is told of it.
import type { Db } from './db/db.ts'
import { DatabaseError, type DatabaseFault } from './db/errors.ts'
import { mendMonthSums } from './db/migrations/003/mend.ts'
import { mendTransactionCounts } from './db/migrations/004/counts.ts'
import type { Label } from './db/migrations/migration.ts'
import { MigrationFailed, migrate } from './db/migrations/run.ts'
import { ownTriggers } from './db/migrations/triggers.ts'
import { type Seed, seedUnused } from './setup/seed.ts'

export interface DatabaseReport {
  readonly user: string
  readonly database: string
  readonly schemaVersion: string | null
  readonly applied: readonly string[]
  readonly seeded?: boolean
  readonly triggersOwned?: boolean
  readonly sumsMended?: boolean
  readonly error?: string
}

export interface Wanted {
  readonly labels: readonly Label[]
  readonly dryRun: boolean
  readonly seed: Seed | undefined
}

const advice: Readonly<Record<number, string>> = {
  1044: 'the migration account has no rights on it: grant them, and check that the database exists',
  1045: 'the server does not accept the migration account: check FINIA_MIGRATE_USER and its password',
  1049: 'it does not exist: create it first',
  1419: 'the server writes a binary log and refuses triggers of ordinary accounts: set log_bin_trust_function_creators=ON on it',
}

/** Of these the server's text quotes what stands in a row, which is nobody's business in a log or a status. */
const quoting: readonly DatabaseFault[] = ['duplicate', 'referenced', 'badValue']

const sentenceOf = (database: string, error: unknown): string => {
  if (error instanceof MigrationFailed) return error.message
  if (!(error instanceof DatabaseError)) return `Database ${database}: ${error instanceof Error ? error.message : String(error)}`
  const reason =
    advice[error.errno] ?? (error.fault === 'unavailable' ? `the server does not answer (${error.message}); try again` : 'the server refused a statement')
  const said = quoting.includes(error.fault) ? '' : `: ${error.message}`
  return `Database ${database}: ${reason}${error.errno ? ` (error ${error.errno}${said})` : ''}.`
}

export const migrateDatabase = async (db: Db, user: string, database: string, { labels, dryRun, seed }: Wanted): Promise<DatabaseReport> => {
  const done: { seeded?: boolean; triggersOwned?: boolean; sumsMended?: boolean } = {}
  const afterwards = async (locked: Db) => {
    if (labels.includes('expand')) done.triggersOwned = await ownTriggers(locked)
    if (labels.includes('expand')) done.sumsMended = [await mendMonthSums(locked), await mendTransactionCounts(locked)].includes(true)
    if (seed) done.seeded = await seedUnused(locked, seed)
  }
  try {
    const { applied, version } = await migrate(db, { labels, dryRun, afterwards })
    return { user, database, schemaVersion: version, applied, ...done }
  } catch (error) {
    return { user, database, schemaVersion: null, applied: [], error: sentenceOf(database, error) }
  }
}

/** Kubernetes keeps 4096 bytes of it; what failed comes first. */
const limit = 4_000

export const terminationMessage = (reports: readonly DatabaseReport[], error?: string): string => {
  const databases = reports
    .map(({ user, database, schemaVersion, applied, error: reason }) => ({
      user,
      database,
      schemaVersion,
      applied,
      ...(reason && { error: reason.slice(0, 1_000) }),
    }))
    .toSorted((one, other) => Number('error' in other) - Number('error' in one))
  const messageOf = (count: number) =>
    JSON.stringify({
      databases: databases.slice(0, count),
      ...(count < databases.length && { omitted: databases.length - count }),
      ...(error && { error: error.slice(0, 3_000) }),
    })
  let count = databases.length
  while (count > 0 && Buffer.byteLength(messageOf(count)) > limit) count -= 1
  return messageOf(count)
}
