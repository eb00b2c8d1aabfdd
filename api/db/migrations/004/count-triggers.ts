// How many transactions each account has, kept by whoever writes them. An update costs a quarter of INSERT … ON DUPLICATE KEY.

const added = (account: string): string => `UPDATE finia_transaction_count SET transactions = transactions + 1 WHERE account = ${account};
  IF ROW_COUNT() = 0 THEN
    INSERT INTO finia_transaction_count (account, transactions) VALUES (${account}, 1) ON DUPLICATE KEY UPDATE transactions = transactions + 1;
  END IF;`
const removed = 'UPDATE finia_transaction_count SET transactions = transactions - 1 WHERE account = OLD.account;'

const trigger = (event: 'INSERT' | 'UPDATE' | 'DELETE', body: string) => {
  const name = `finia_transaction_count_${event.toLowerCase()}`
  return { name, definition: `TRIGGER ${name} AFTER ${event} ON tbl_transaction FOR EACH ROW BEGIN\n  ${body}\nEND` }
}

/** Each without the CREATE. */
export const countTriggers: readonly { readonly name: string; readonly definition: string }[] = [
  trigger('INSERT', added('NEW.account')),
  trigger('UPDATE', `IF NEW.account <> OLD.account THEN\n  ${removed}\n  ${added('NEW.account')}\n  END IF;`),
  trigger('DELETE', removed),
]
