// Every migration, in order. A new one is a file NNN_name.ts and a line here; one that was released is never changed.
import { initialSchema } from './001_initial_schema.ts'
import { reportIndexes } from './002_report_indexes.ts'
import { monthSums } from './003_month_sums.ts'
import { transactionLists } from './004_transaction_lists.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [initialSchema, reportIndexes, monthSums, transactionLists]

/** Databases from `min` to `max` can be served by this release. */
export const schemaRange = { min: '001', max: migrations.at(-1)?.version ?? '000' } as const
