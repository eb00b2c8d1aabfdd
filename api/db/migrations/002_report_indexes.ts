import type { Migration } from './migration.ts'

/** Built while others read and write: a person may start it with a click, beside the release that is serving. */
const index = (name: string, on: string): string => `CREATE INDEX IF NOT EXISTS ${name} ON ${on} ALGORITHM=INPLACE LOCK=NONE`

export const reportIndexes: Migration = {
  version: '002',
  name: 'report_indexes',
  label: 'expand',
  statements: [
    // one account's transactions of a span, without touching the rows
    index('finia_account_date', 'tbl_transaction (account, dateValue)'),
    // what they are worth and for what, likewise
    index('finia_transaction_amount', 'tbl_accountingEntry (`transaction`, amount, category)'),
    index('finia_date_planning', 'tbl_planningEntry (dateValue, planning)'),
  ],
}
