// Brings one database up to date: under a lock, restartable at every statement.
import { createHash } from 'node:crypto'
import sql, { raw } from 'sql-template-tag'
import type { Db } from '../db.ts'
import { migrations as released } from './all.ts'
import { bookkeepingTables, readBookkeeping, record, recordForFinia } from './bookkeeping.ts'
import type { Label, Migration } from './migration.ts'
import { planMigrations, type Status, statusOf } from './plan.ts'

export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed'
}

export interface Progress {
  readonly phase: 'preparing' | 'executing' | 'complete'
  readonly message: string
  readonly current: number
  readonly total: number
}

export interface MigrationRun {
  readonly labels: readonly Label[]
  readonly dryRun: boolean
  /** Told of every step; when it throws the run ends there. */
  readonly onProgress?: (progress: Progress) => void | Promise<void>
  readonly migrations?: readonly Migration[]
  /** Done under the same lock once the schema is up to date, also when it was already; not in a dry run. */
  readonly afterwards?: (db: Db) => Promise<void>
}

export interface MigrationResult {
  readonly applied: readonly string[]
  readonly skipped: readonly string[]
  /** The highest version that the database has. */
  readonly version: string | null
}

const lockSeconds = 60

export const checksumOf = ({ statements }: Migration): string => createHash('sha256').update(statements.join(';\n')).digest('hex')

const planOf = (all: readonly Migration[], bookkeeping: Awaited<ReturnType<typeof readBookkeeping>>, labels: readonly Label[]): readonly Migration[] => {
  const plan = planMigrations(all, bookkeeping, labels, checksumOf)
  if ('problem' in plan) throw new MigrationFailed(plan.problem)
  return plan.pending
}

export const migrationStatus = async (db: Db, labels: readonly Label[], all: readonly Migration[] = released): Promise<Status> => {
  const bookkeeping = await readBookkeeping(db)
  return statusOf(bookkeeping, planOf(all, bookkeeping, labels))
}

/** GET_LOCK knows one namespace for the whole server, and names of 64 characters. */
const lockName = async (db: Db): Promise<string> => {
  const row = await db.first<{ name: string }>(sql`SELECT DATABASE() AS name`)
  return `finia-migrate-${createHash('sha256')
    .update(row?.name ?? '')
    .digest('hex')
    .slice(0, 32)}`
}

const withLock = async <T>(db: Db, work: () => Promise<T>): Promise<T> => {
  const name = await lockName(db)
  const row = await db.first<{ got: number | null }>(sql`SELECT GET_LOCK(${name}, ${lockSeconds}) AS got`)
  if (row?.got !== 1) throw new MigrationFailed('Another migration of this database is running; try again when it is done.')
  try {
    return await work()
  } finally {
    await db.first(sql`SELECT RELEASE_LOCK(${name})`)
  }
}

const apply = async (db: Db, migration: Migration, onProgress: NonNullable<MigrationRun['onProgress']>): Promise<void> => {
  const { version, name, statements, label } = migration
  const started = performance.now()
  const total = statements.length
  await onProgress({ phase: 'executing', message: `Migration ${version}_${name}`, current: 0, total })
  for (const [index, statement] of statements.entries()) {
    await db.run(raw(statement))
    await onProgress({ phase: 'executing', message: `Migration ${version}: Anweisung ${index + 1} von ${total}`, current: index + 1, total })
  }
  if (version === '001') await recordForFinia(db, Math.round(performance.now() - started))
  await record(db, migration, label, checksumOf(migration))
  await onProgress({ phase: 'executing', message: `Migration ${version}_${name} abgeschlossen`, current: total, total })
}

const migrateLocked = async (db: Db, { labels, dryRun, onProgress = () => {}, migrations = released, afterwards }: MigrationRun): Promise<MigrationResult> => {
  const bookkeeping = await readBookkeeping(db)
  const pending = planOf(migrations, bookkeeping, labels)
  const has = bookkeeping.applied.map(({ version }) => version)
  const skipped = pending.length > 0 ? has : []
  if (pending.length > 0) await onProgress({ phase: 'preparing', message: 'Migrationen werden vorbereitet', current: 0, total: pending.length })
  if (!dryRun && pending.length > 0) {
    for (const table of bookkeepingTables) await db.run(table)
    for (const migration of pending) await apply(db, migration, onProgress)
  }
  if (!dryRun) await afterwards?.(db)
  await onProgress({ phase: 'complete', message: 'Migrationen abgeschlossen', current: pending.length, total: pending.length })
  const version = (dryRun ? has.at(-1) : (pending.at(-1)?.version ?? has.at(-1))) ?? null
  return { applied: pending.map((migration) => migration.version), skipped, version }
}

export const migrate = (db: Db, run: MigrationRun): Promise<MigrationResult> => db.pinned((pinned) => withLock(pinned, () => migrateLocked(pinned, run)))
