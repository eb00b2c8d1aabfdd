// A database with a row of everything, so that every operation has something to find: ids are those of the order below.
import { readFileSync } from 'node:fs'
import sql, { raw } from 'sql-template-tag'
import type { Db } from '../../../api/db/db.ts'
import { seedImportFormats } from '../../../api/settings/seed-import-formats.ts'
import { type ApiChoices, aDatabase, type TestDatabase } from '../environment.ts'

const rule = {
  id: 'rule-1',
  name: 'Bäcker',
  description: null,
  conditions: [{ id: 1, type: 'contains', columnName: 'description', value: 'brot', caseSensitive: false, minAmount: null, maxAmount: null }],
  conditionLogic: null,
  category: 2,
  accounts: [],
  priority: 5,
  enabled: true,
  dateCreated: '2026-01-01T00:00:00.000000',
  dateModified: '2026-01-01T00:00:00.000000',
}

const rows: readonly string[] = [
  `tbl_account (id, dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type)
    VALUES (1, NOW(), 'Giro', 'DE1', 'XYZ', 100, '2020-01-01', 1), (2, NOW(), 'Haus', 'DE2', '', -5000, '2020-01-01', 3), (3, NOW(), 'Leer', 'DE3', '', 0, '2020-01-01', 1)`,
  `tbl_accountImportFormat (id, dateImport, type, fileEnding) VALUES (1, NOW(), 'csv-cb', 'csv')`,
  `tbl_category (id, dateImport, name, category) VALUES (1, NOW(), 'Essen', NULL), (2, NOW(), 'Gebäck', 1), (3, NOW(), 'Frei', NULL)`,
  `tbl_transaction (id, dateImport, description, amount, dateValue, account, iban)
    VALUES (1, NOW(), 'Brot', -1.5, '2024-01-01 08:30:00', 1, 'DE77'), (2, NOW(), 'Gehalt', 3000, '2024-01-02', 1, NULL), (3, NOW(), 'Rate', -200, '2024-01-03', 2, NULL)`,
  `tbl_planning (id, dateImport, amount, dateStart, account, category, cycle) VALUES (1, NOW(), -850.1, '2026-11-30', 1, 2, 5)`,
  `tbl_planningEntry (id, dateImport, dateValue, planning) VALUES (1, NOW(), '2026-11-30', 1), (2, NOW(), '2026-12-30', 1)`,
  `tbl_share (id, dateImport, name, isin, wkn) VALUES (1, NOW(), 'Alpha', 'DE0000000001', 'AAA111'), (2, NOW(), NULL, 'DE0000000002', NULL)`,
  `tbl_shareHistory (id, dateImport, amount, date, checked, share) VALUES (1, NOW(), 10, '2024-01-31', 0, 1)`,
  `tbl_shareTransaction (id, dateImport, tradingVolume, dateTransaction, checked, share) VALUES (1, NOW(), 2, '2024-01-15', 0, 1)`,
  `tbl_setting (id, \`key\`, value) VALUES (1, 'share_tx_category', '{"category_id": 1, "type": "buy"}'), (2, 'category_automation_rule', '${JSON.stringify(rule)}')`,
]

/** Accounts 1 to 3, categories 1 (Essen), 2 (Essen - Gebäck) and 3, transactions and entries 1 to 3, planning 1, shares 1 and 2, a price, a trade, a rule. */
export const fill = async (db: Db): Promise<void> => {
  for (const row of rows) await db.run(raw(`INSERT INTO ${row}`))
  await db.run(sql`UPDATE tbl_accountingEntry SET category = 2 WHERE transaction = 1`)
  await seedImportFormats(db, readFileSync('cfg/import_formats.yaml', 'utf8'))
}

export const aHousehold = async (choices: ApiChoices = {}): Promise<TestDatabase> => {
  const database = await aDatabase(choices)
  await fill(database.db)
  return database
}
