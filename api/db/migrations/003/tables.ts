// What all entries of a month come to, so that a report reads hundreds of rows instead of all there ever were.

const table = (name: string, ...lines: readonly string[]): string =>
  `CREATE TABLE IF NOT EXISTS ${name} (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`

/** `happened` and `positive` tell apart what reports tell apart; see condensed() in sums.ts. */
const sums = ['positive TINYINT NOT NULL', 'amount DECIMAL(30,10) NOT NULL', 'entries BIGINT NOT NULL']

export const sumTables: readonly string[] = [
  table('finia_account_months', 'account BIGINT NOT NULL', 'happened DATETIME NOT NULL', ...sums, 'PRIMARY KEY (account, happened, positive)'),
  table(
    'finia_category_months',
    'account BIGINT NOT NULL',
    'happened DATETIME NOT NULL',
    // 0: none, which a key cannot hold as NULL
    'category BIGINT NOT NULL',
    ...sums,
    'PRIMARY KEY (account, happened, category, positive)',
  ),
  // Written by the triggers and only added to: whoever writes entries waits for nobody who does the same.
  table(
    'finia_changes',
    // by UUID_SHORT(), which ascends: for AUTO_INCREMENT one bulk insert would wait for the end of another, and two for each other
    'id BIGINT UNSIGNED NOT NULL',
    'account BIGINT NOT NULL',
    'happened DATETIME NOT NULL',
    'category BIGINT DEFAULT NULL',
    'amount DECIMAL(20,10) NOT NULL',
    // 1: an entry came, -1: it went
    'weight TINYINT NOT NULL',
    'PRIMARY KEY (id)',
  ),
]
