// Which migrations a database has had: our own table, and the two rows by which FiniA recognises its schema.
import sql from 'sql-template-tag'
import type { Db, Statement } from '../db.ts'
import { hasSumTriggers } from './003/mend.ts'
import { monthSums } from './003_month_sums.ts'
import { hasCountTriggers } from './004/counts.ts'
import { transactionLists } from './004_transaction_lists.ts'
import type { Label, Migration } from './migration.ts'

/** Stands among the versions once a database has got the seed, or was found in use. */
const seed = 'seed'

export interface Applied {
  readonly version: string
  readonly checksum: string
}

const ours = sql`CREATE TABLE IF NOT EXISTS finia_schema (
  version VARCHAR(50) NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  label VARCHAR(10) NOT NULL,
  checksum CHAR(64) NOT NULL,
  applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`

const theirs = sql`CREATE TABLE IF NOT EXISTS schema_migrations (
  version VARCHAR(50) NOT NULL PRIMARY KEY,
  description VARCHAR(255) NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  execution_time_ms INT(10) UNSIGNED DEFAULT NULL,
  KEY applied_at (applied_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`

export const bookkeepingTables: readonly Statement[] = [ours, theirs]

/** FiniA refuses a schema whose checksums are not those of its own two files. */
export const recordForFinia = (db: Db, milliseconds: number) =>
  db.run(sql`INSERT IGNORE INTO schema_migrations (version, description, checksum, execution_time_ms) VALUES
    ('000', 'schema_migrations_table', '178a56a3a635b8fed975f84ab732e20fba69bbf148e2ec3b89b661fd8b69b233', ${0}),
    ('001', 'initial_schema', '6e350c9f9fda6c62a51b17a142fa10a61efdf03d668043ea6be2ff32d0db8d2e', ${milliseconds})`)

export const record = (db: Db, { version, name }: Migration, label: Label, checksum: string) =>
  db.run(sql`INSERT INTO finia_schema (version, name, label, checksum) VALUES (${version}, ${name}, ${label}, ${checksum})
    ON DUPLICATE KEY UPDATE checksum = VALUES(checksum)`)

/** Whether nobody has settled it before. Another one that settles it at the same time is waited for. */
export const settleSeed = async (db: Db): Promise<boolean> =>
  (await db.run(sql`INSERT IGNORE INTO finia_schema (version, name, label, checksum) VALUES (${seed}, ${seed}, ${seed}, '')`)).affectedRows === 1

const tableExists = async (db: Db, table: string): Promise<boolean> => {
  const row = await db.first(sql`SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ${table}`)
  return row !== undefined
}

export interface Bookkeeping {
  /** Migrations of ours, but for what has been undone since. */
  readonly applied: readonly Applied[]
  /** Whether FiniA has been here. */
  readonly madeByFinia: boolean
  /** Whether FiniA's own table is there. */
  readonly tableExists: boolean
}

/** Without their triggers they have missed changes: these migrations are due again. */
const watched = [
  { version: monthSums.version, stands: hasSumTriggers },
  { version: transactionLists.version, stands: hasCountTriggers },
]

const standing = async (db: Db, applied: readonly Applied[]): Promise<readonly Applied[]> => {
  const fallen: string[] = []
  for (const { version, stands } of watched) if (applied.some((one) => one.version === version) && !(await stands(db))) fallen.push(version)
  return applied.filter(({ version }) => !fallen.includes(version))
}

export const readBookkeeping = async (db: Db): Promise<Bookkeeping> => {
  const applied = (await tableExists(db, 'finia_schema'))
    ? await db.all<Applied>(sql`SELECT version, checksum FROM finia_schema WHERE version <> ${seed} ORDER BY version`)
    : []
  const exists = await tableExists(db, 'schema_migrations')
  const finia = exists ? await db.first(sql`SELECT 1 FROM schema_migrations WHERE version = '001'`) : undefined
  return { applied: await standing(db, applied), madeByFinia: finia !== undefined, tableExists: exists }
}
