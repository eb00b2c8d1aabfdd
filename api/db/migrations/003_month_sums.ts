import { mendSums } from './003/sums.ts'
import { sumTables } from './003/tables.ts'
import { sumTriggers } from './003/triggers.ts'
import type { Migration } from './migration.ts'

export const monthSums: Migration = {
  version: '003',
  name: 'month_sums',
  label: 'expand',
  statements: [
    // as long as it is not recorded the reports read the entries themselves
    "DELETE FROM finia_schema WHERE version = '003'",
    ...sumTables,
    // first everything that changes is noted down, then what was there before is added up
    ...sumTriggers.map(({ definition }) => `CREATE ${definition.replace('TRIGGER', 'TRIGGER IF NOT EXISTS')}`),
    ...mendSums,
  ],
}
