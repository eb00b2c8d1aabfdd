// What is to be done to a database. Pure.
import type { Bookkeeping } from './bookkeeping.ts'
import type { Label, Migration } from './migration.ts'

export interface Status {
  readonly migrations_table_exists: boolean
  readonly current_version: string | null
  readonly pending: { version: string; description: string }[]
  readonly pending_count: number
  readonly is_initial: boolean
  readonly needs_upgrade: boolean
}

export type ChecksumOf = (migration: Migration) => string

export type MigrationPlan = { readonly pending: readonly Migration[] } | { readonly problem: string }

/** Migrations that a database lacks. What is recorded must be what was released, or nobody knows what the database is. */
export const planMigrations = (
  all: readonly Migration[],
  { applied }: Pick<Bookkeeping, 'applied'>,
  labels: readonly Label[],
  checksumOf: ChecksumOf,
): MigrationPlan => {
  const recorded = new Map(applied.map(({ version, checksum }) => [version, checksum]))
  const changed = all.find((migration) => recorded.has(migration.version) && recorded.get(migration.version) !== checksumOf(migration))
  if (changed)
    return {
      problem: `Migration ${changed.version} integrity check failed! It was applied in another form than this release has; use the release that applied it.`,
    }
  const missing = all.filter(({ version }) => !recorded.has(version))
  // what comes after a step that may not run now has to wait for it
  const barrier = missing.findIndex(({ label }) => !labels.includes(label))
  return { pending: barrier === -1 ? missing : missing.slice(0, barrier) }
}

/** As the web UI asks for it after a login. */
export const statusOf = (bookkeeping: Bookkeeping, pending: readonly Migration[]): Status => {
  const recorded = bookkeeping.applied.at(-1)?.version ?? (bookkeeping.madeByFinia ? '001' : null)
  return {
    migrations_table_exists: bookkeeping.tableExists,
    current_version: recorded,
    pending: pending.map(({ version, name }) => ({ version, description: name })),
    pending_count: pending.length,
    is_initial: recorded === null && pending.length > 0,
    needs_upgrade: recorded !== null && pending.length > 0,
  }
}
