// Whoever changes entries or moves transactions, also by plain SQL, notes down what that does to the sums.

interface Trigger {
  readonly name: string
  readonly definition: string
}

type Row = 'OLD' | 'NEW'
const weights = { OLD: -1, NEW: 1 } as const
const into = 'INSERT INTO finia_changes (id, account, happened, category, amount, weight)'

/** Locked: another one who is moving the transaction must be done, or have to wait, before it is read where it stands. */
const entry = (row: Row): string =>
  `${into} SELECT UUID_SHORT(), account, dateValue, ${row}.category, ${row}.amount, ${weights[row]} FROM tbl_transaction WHERE id = ${row}.\`transaction\` LOCK IN SHARE MODE`

const moved = (row: Row): string =>
  `${into} SELECT UUID_SHORT(), ${row}.account, ${row}.dateValue, category, amount, ${weights[row]} FROM tbl_accountingEntry WHERE \`transaction\` = ${row}.id LOCK IN SHARE MODE`

const same = (...columns: readonly string[]): string => columns.map((column) => `OLD.${column} <=> NEW.${column}`).join(' AND ')
const unless = (condition: string, ...statements: readonly string[]): string => `IF NOT (${condition}) THEN ${statements.join('; ')}; END IF`

const trigger = (name: string, when: string, work: string): Trigger => ({ name, definition: `TRIGGER ${name} AFTER ${when} FOR EACH ROW ${work}` })

export const sumTriggers: readonly Trigger[] = [
  trigger('finia_entry_added', 'INSERT ON tbl_accountingEntry', entry('NEW')),
  trigger('finia_entry_changed', 'UPDATE ON tbl_accountingEntry', unless(same('amount', 'category', '`transaction`'), entry('OLD'), entry('NEW'))),
  trigger('finia_entry_removed', 'DELETE ON tbl_accountingEntry', entry('OLD')),
  trigger('finia_transaction_moved', 'UPDATE ON tbl_transaction', unless(same('account', 'dateValue', 'id'), moved('OLD'), moved('NEW'))),
]
