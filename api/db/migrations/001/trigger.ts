// Whoever inserts a transaction, also by plain SQL, gets its one accounting entry.

export const triggerName = 'trg_transaction_create_accounting_entry'

const definition = `TRIGGER ${triggerName} AFTER INSERT ON tbl_transaction FOR EACH ROW
INSERT INTO tbl_accountingEntry (dateImport, checked, amount, \`transaction\`, accountingPlanned, category) VALUES (NOW(), 0, NEW.amount, NEW.id, NULL, NULL)`

/** Keeps one that is there: replacing it would make whoever runs the migration its owner. */
export const createTrigger = definition.replace('TRIGGER', 'CREATE TRIGGER IF NOT EXISTS')

/** Puts ours in its place in one statement, so that no insert meets a table without it. */
export const replaceTrigger = definition.replace('TRIGGER', 'CREATE OR REPLACE TRIGGER')
