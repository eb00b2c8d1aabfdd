// The schema as the original's file makes it, written down from its description and from nothing of ours.
const table = (name: string, columns: string, options = 'DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci'): string =>
  `CREATE TABLE \`${name}\` (id BIGINT(20) NOT NULL AUTO_INCREMENT PRIMARY KEY, dateImport DATETIME NOT NULL, ${columns}) ENGINE=InnoDB ${options}`
const decimal = 'DECIMAL(20,10)'
const reference = (column: string, target: string): string => `, FOREIGN KEY (\`${column}\`) REFERENCES \`${target}\` (id)`

export const originalTables: readonly string[] = [
  table('tbl_accountType', 'type VARCHAR(128) NOT NULL, UNIQUE KEY (type)'),
  table(
    'tbl_account',
    `name VARCHAR(128) NOT NULL, iban_accountNumber VARCHAR(32) NOT NULL, bic_market TEXT NOT NULL, startAmount ${decimal} NOT NULL, dateStart DATETIME NOT NULL,
    dateEnd DATETIME NULL, type BIGINT(20) NOT NULL, clearingAccount BIGINT(20) NULL, UNIQUE KEY (name), UNIQUE KEY (iban_accountNumber), KEY (type), KEY (clearingAccount),
    KEY idx_type (type), KEY idx_name (name)${reference('type', 'tbl_accountType')}${reference('clearingAccount', 'tbl_account')}`,
  ),
  table('tbl_accountImportFormat', 'type VARCHAR(128) NOT NULL, fileEnding TEXT NOT NULL, UNIQUE KEY (type)'),
  table(
    'tbl_accountImportPath',
    `path VARCHAR(256) NOT NULL, account BIGINT(20) NOT NULL, importFormat BIGINT(20) NOT NULL, UNIQUE KEY (path), KEY (account), KEY (importFormat)${reference('account', 'tbl_account')}${reference('importFormat', 'tbl_accountImportFormat')}`,
  ),
  table('tbl_category', `name VARCHAR(128) NOT NULL, category BIGINT(20) NULL, UNIQUE KEY (name), KEY (category)${reference('category', 'tbl_category')}`),
  table(
    'tbl_planningCycle',
    "cycle VARCHAR(128) NOT NULL, periodValue DECIMAL(10,2) NOT NULL DEFAULT 1.00, periodUnit CHAR(1) NOT NULL DEFAULT 'm', UNIQUE KEY (cycle)",
  ),
  table(
    'tbl_planning',
    `description TEXT NULL, amount ${decimal} NOT NULL, dateStart DATETIME NOT NULL, dateEnd DATETIME NULL, account BIGINT(20) NOT NULL, category BIGINT(20) NOT NULL,
    cycle BIGINT(20) NOT NULL, UNIQUE KEY duplicateHash (account, category, cycle, dateStart, amount), KEY (category), KEY (cycle), KEY (dateStart), KEY (account),
    KEY (account, dateStart)${reference('account', 'tbl_account')}${reference('category', 'tbl_category')}${reference('cycle', 'tbl_planningCycle')}`,
  ),
  table(
    'tbl_planningEntry',
    `dateValue DATETIME NOT NULL, planning BIGINT(20) NOT NULL, KEY (planning), KEY (dateValue)${reference('planning', 'tbl_planning')}`,
  ),
  table(
    'tbl_transaction',
    `iban VARCHAR(32) NULL, bic TEXT NULL, description VARCHAR(378) NOT NULL, amount ${decimal} NOT NULL, dateValue DATETIME NOT NULL, recipientApplicant TEXT NULL,
    account BIGINT(20) NOT NULL, duplicateHashComputed VARCHAR(32) AS (MD5(CONCAT(IFNULL(iban, ''), '|', description, '|', amount, '|', dateValue, '|', account))) VIRTUAL,
    UNIQUE KEY duplicateHash (duplicateHashComputed), KEY (account), KEY (dateValue), KEY (amount)${reference('account', 'tbl_account')}`,
  ),
  table(
    'tbl_accountingEntry',
    `checked TINYINT(4) NOT NULL DEFAULT 0, amount ${decimal} NOT NULL, \`transaction\` BIGINT(20) NOT NULL, accountingPlanned BIGINT(20) NULL, category BIGINT(20) NULL,
    KEY (\`transaction\`), KEY (accountingPlanned), KEY (category), KEY (checked)${reference('transaction', 'tbl_transaction')}${reference('accountingPlanned', 'tbl_planning')}${reference('category', 'tbl_category')}`,
  ),
  table(
    'tbl_accountReserve',
    `amount ${decimal} NOT NULL, dateSet DATETIME NOT NULL, account BIGINT(20) NOT NULL, KEY (account)${reference('account', 'tbl_account')}`,
  ),
  table(
    'tbl_loan',
    `intrestRate ${decimal} NULL, account BIGINT(20) NOT NULL, categoryRebooking BIGINT(20) NULL, categoryIntrest BIGINT(20) NULL, KEY (account), KEY (categoryRebooking),
    KEY (categoryIntrest)${reference('account', 'tbl_account')}${reference('categoryRebooking', 'tbl_category')}${reference('categoryIntrest', 'tbl_category')}`,
  ),
  table('tbl_share', 'name TEXT NULL, isin VARCHAR(12) NOT NULL, wkn VARCHAR(6) NULL, UNIQUE KEY unique_isin (isin), UNIQUE KEY (wkn), KEY idx_isin (isin)'),
  table(
    'tbl_shareHistory',
    `amount ${decimal} NOT NULL, date DATETIME NOT NULL, checked TINYINT(4) NOT NULL DEFAULT 0, share BIGINT(20) NOT NULL, UNIQUE KEY (share, date), KEY (share)${reference('share', 'tbl_share')}`,
  ),
  table(
    'tbl_shareTransaction',
    `tradingVolume ${decimal} NOT NULL, dateTransaction DATETIME NOT NULL, checked TINYINT(4) NOT NULL DEFAULT 0, share BIGINT(20) NOT NULL, accountingEntry BIGINT(20) NULL,
    UNIQUE KEY (share, tradingVolume, dateTransaction), KEY (share), KEY (accountingEntry)${reference('share', 'tbl_share')}${reference('accountingEntry', 'tbl_accountingEntry')}`,
  ),
  `CREATE TABLE tbl_setting (id INT(11) NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id INT(11) NULL, \`key\` VARCHAR(100) NOT NULL, \`value\` JSON NOT NULL,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, KEY (user_id, \`key\`)) ENGINE=InnoDB`,
]

export const originalTrigger = `CREATE TRIGGER trg_transaction_create_accounting_entry AFTER INSERT ON tbl_transaction FOR EACH ROW
  INSERT INTO tbl_accountingEntry (dateImport, checked, amount, \`transaction\`, accountingPlanned, category) VALUES (NOW(), 0, NEW.amount, NEW.id, NULL, NULL)`

/** With what its own normalising makes of the sixth and the seventh cycle. */
export const originalSeed: readonly string[] = [
  `INSERT INTO tbl_accountType (id, dateImport, type) VALUES (1, NOW(), 'Girokonto'), (2, NOW(), 'Wertpapierdepot'), (3, NOW(), 'Darlehen'), (4, NOW(), 'Krypto'), (5, NOW(), 'Investmentplattform')`,
  `INSERT INTO tbl_planningCycle (id, dateImport, cycle, periodValue, periodUnit) VALUES (1, NOW(), 'einmalig', 0, 'd'), (2, NOW(), 'täglich', 1, 'd'), (3, NOW(), 'wöchentlich', 7, 'd'),
    (4, NOW(), '14-tägig', 14, 'd'), (5, NOW(), 'monatlich', 1, 'm'), (6, NOW(), 'vierteljährlich', 1, 'y'), (7, NOW(), 'halbjährlich', 1, 'y'), (8, NOW(), 'jährlich', 1, 'y')`,
]

export const originalBookkeeping: readonly string[] = [
  `CREATE TABLE schema_migrations (version VARCHAR(50) NOT NULL PRIMARY KEY, description VARCHAR(255) NOT NULL, checksum VARCHAR(64) NOT NULL,
    applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, execution_time_ms INT UNSIGNED NULL, KEY (applied_at)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  `INSERT INTO schema_migrations VALUES ('000', 'schema_migrations_table', '178a56a3a635b8fed975f84ab732e20fba69bbf148e2ec3b89b661fd8b69b233', '2025-01-01 00:00:00', 12),
    ('001', 'initial_schema', '6e350c9f9fda6c62a51b17a142fa10a61efdf03d668043ea6be2ff32d0db8d2e', '2025-01-01 00:00:01', 345)`,
]

/** What the views answer, column by column. */
export const originalViews: Readonly<Record<string, readonly string[]>> = {
  view_accountingEntriesNotChecked: ['account', 'description', 'transactionId'],
  view_balancesPlanning: ['amountSum', 'categoryID', 'accountID', 'dateValue', 'categoryName'],
  view_categoryFullname: ['id', 'name', 'fullname'],
  view_reserveMonthly: ['account', 'dateSet', 'amount'],
  view_shareMonthlySnapshot: ['share_id', 'share_name', 'month_end_date', 'price', 'volume', 'portfolio_value'],
  view_sharePortfolioValue: ['id', 'name', 'isin', 'wkn', 'currentVolume', 'currentPrice', 'portfolioValue'],
  view_transactionsWithoutAccountingEntry: ['account', 'description', 'transactionId'],
  view_transactionsWithoutCategory: ['account', 'description', 'transactionId'],
}
