// Whoever writes transactions notes down by how many each account's number changes. A number that they changed themselves would be a row
// that all writers of an account share, locked until they end.

const note = (row: 'OLD' | 'NEW', weight: 1 | -1): string =>
  `INSERT INTO finia_transaction_changes (id, account, weight) VALUES (UUID_SHORT(), ${row}.account, ${weight})`
const moved = `IF NEW.account <> OLD.account THEN ${note('OLD', -1)}; ${note('NEW', 1)}; END IF`

const trigger = (event: 'INSERT' | 'UPDATE' | 'DELETE', work: string) => {
  const name = `finia_transaction_count_${event.toLowerCase()}`
  return { name, definition: `TRIGGER ${name} AFTER ${event} ON tbl_transaction FOR EACH ROW ${work}` }
}

/** Each without the CREATE. */
export const countTriggers: readonly { readonly name: string; readonly definition: string }[] = [
  trigger('INSERT', note('NEW', 1)),
  trigger('UPDATE', moved),
  trigger('DELETE', note('OLD', -1)),
]
