import { countTriggers } from './004/count-triggers.ts'
import { countTables, mendCounts } from './004/counts.ts'
import type { Migration } from './migration.ts'

/**
 * The texts that a search looks at, as the collation compares them: one weight for each character, capitals without accents for the letters.
 * A search for the same weights, byte by byte, finds what LIKE finds, in a tenth of its time. NULL: too long to be kept in an index.
 */
const texts = "CONCAT_WS('\\n', description, recipientApplicant, iban, bic)"
const folded = `CONVERT(CONVERT(WEIGHT_STRING(${texts}) USING ucs2) USING utf8mb3)`
const search = `IF(CHAR_LENGTH(${texts}) > 990, NULL, ${folded})`

const index = (name: string, on: string): string => `CREATE INDEX IF NOT EXISTS ${name} ON ${on} ALGORITHM=INPLACE LOCK=NONE`

export const transactionLists: Migration = {
  version: '004',
  name: 'transaction_lists',
  label: 'expand',
  statements: [
    // as long as it is not recorded the transactions themselves are counted
    "DELETE FROM finia_schema WHERE version = '004'",
    // invisible: whoever reads or writes whole rows does not meet it
    `ALTER TABLE tbl_transaction ADD COLUMN IF NOT EXISTS finia_search VARBINARY(2970) GENERATED ALWAYS AS (${search}) VIRTUAL INVISIBLE`,
    // all that a search asks of a transaction, without touching the rows
    index('finia_search', 'tbl_transaction (dateValue, account, finia_search)'),
    // the order of the list
    index('finia_date_order', 'tbl_transaction (dateValue, dateImport)'),
    index('finia_category_transaction', 'tbl_accountingEntry (category, `transaction`)'),
    // counting 100,000 rows takes longer than all the rest of a page of the list
    ...countTables,
    // first everything that changes is noted down, then what was there before is counted
    ...countTriggers.map(({ definition }) => `CREATE ${definition.replace('TRIGGER', 'TRIGGER IF NOT EXISTS')}`),
    ...mendCounts,
  ],
}
