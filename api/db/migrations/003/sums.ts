// What the sums are, as SQL: the one definition for filling them, for mending them and for taking changes over.

/**
 * All of a month counts as if it had happened on its first day, but for what comes after midnight of its last day: a value at the end of the
 * month does not have it yet. That stands at noon of the last day. A date that is none stays what it is.
 */
const condensed =
  'IF(MONTH(happened) = 0 OR DAY(happened) = 0, happened, IF(happened > LAST_DAY(happened), LAST_DAY(happened) + INTERVAL 12 HOUR, DATE(happened) - INTERVAL DAY(happened) - 1 DAY))'

interface Sums {
  readonly table: string
  readonly key: string
  /** The key, made of account, happened, category and amount. */
  readonly columns: string
}

export const accountMonths: Sums = {
  table: 'finia_account_months',
  key: 'account, happened, positive',
  columns: `account, ${condensed} AS happened, amount > 0 AS positive`,
}
export const categoryMonths: Sums = {
  table: 'finia_category_months',
  key: 'account, happened, category, positive',
  columns: `account, ${condensed} AS happened, IFNULL(category, 0) AS category, amount > 0 AS positive`,
}
export const sums: readonly Sums[] = [accountMonths, categoryMonths]

const add = ({ table, key }: Sums, rows: string): string => `INSERT INTO ${table} (${key}, amount, entries)
${rows}
ON DUPLICATE KEY UPDATE amount = ${table}.amount + VALUES(amount), entries = ${table}.entries + VALUES(entries)`

/** Changes added up, in the order of the key: two who do this at once must not wait for each other. */
export const taken = (one: Sums, from: string): string =>
  add(
    one,
    `SELECT ${one.key}, SUM(amount), SUM(entries) FROM (
  SELECT ${one.columns}, amount * weight AS amount, weight AS entries FROM ${from}
) AS changes GROUP BY ${one.key} ORDER BY ${one.key}`,
  )

/** By how much the entries differ from the sums and the changes that are still to be added to them: in a database that is well, not at all. */
export const difference = ({ table, key, columns }: Sums): string => `SELECT ${key}, SUM(amount) AS amount, SUM(entries) AS entries FROM (
  SELECT ${columns}, amount, 1 AS entries FROM (
    SELECT t.account, t.dateValue AS happened, e.category, e.amount FROM tbl_transaction t JOIN tbl_accountingEntry e ON e.\`transaction\` = t.id
  ) AS truth
  UNION ALL SELECT ${columns}, -weight * amount, -weight FROM finia_changes
  UNION ALL SELECT ${key}, -amount, -entries FROM ${table}
) AS compared GROUP BY ${key} HAVING SUM(amount) <> 0 OR SUM(entries) <> 0`

export const readCommitted = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'

/**
 * Adds what is missing. One statement sees entries, changes and sums at one moment, and what it adds stays right when the others are
 * changed meanwhile; in this isolation it holds nobody up. Only two of these at once would add it twice: the lock of the migrations.
 */
export const mendSums: readonly string[] = [
  readCommitted,
  ...sums.map((one) => add(one, difference(one))),
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
]
