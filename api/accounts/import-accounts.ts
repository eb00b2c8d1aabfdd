// Accounts of a YAML file. One whose name exists stays as it is; for the others type, clearing account, format and folder are found by name.
import sql, { join } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import type { SeedAccount } from '../setup/seed-data.ts'

interface MatchRow {
  readonly place: number
  readonly first_place: number
  readonly id: number | null
}

/** Locked until the transaction ends, so that two imports cannot both find a name to be free. */
const lockNames = (db: Db) => db.all(sql`SELECT id FROM tbl_account ORDER BY id FOR UPDATE`)

/** Which of the names are equal and which there are already: the database decides, whose ä equals a. */
const matchNames = (db: Db, accounts: readonly SeedAccount[]): Promise<readonly MatchRow[]> =>
  db.all(sql`
    SELECT w.place, MIN(w.place) OVER (PARTITION BY w.name) AS first_place, a.id
    FROM JSON_TABLE(${JSON.stringify(accounts)}, '$[*]' COLUMNS (
      place FOR ORDINALITY, name VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci PATH '$.name')) w
    LEFT JOIN tbl_account a ON a.name = w.name ORDER BY w.place`)

/** A type that nobody knows is a current account (id 1), as in the original. */
const insertAccounts = (db: Db, accounts: readonly SeedAccount[]) =>
  db.run(sql`
    INSERT INTO tbl_account (dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, dateEnd, type) VALUES ${join(
      accounts.map(
        ({ name, iban_accountNumber: iban, bic_market: bic, startAmount, dateStart, dateEnd = null, type = null }) =>
          sql`(NOW(), ${name}, ${iban}, ${bic}, ${startAmount}, ${dateStart}, ${dateEnd}, IFNULL((SELECT id FROM tbl_accountType WHERE type = ${type}), 1))`,
      ),
      ', ',
    )}`)

const setClearingAccounts = (db: Db, accounts: readonly SeedAccount[]) =>
  db.run(sql`
    UPDATE JSON_TABLE(${JSON.stringify(accounts)}, '$[*]' COLUMNS (
        name VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci PATH '$.name',
        clearing VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci PATH '$.clearingAccount')) w
      JOIN tbl_account paying ON paying.name = w.name JOIN tbl_account clearing ON clearing.name = w.clearing
    SET paying.clearingAccount = clearing.id`)

const insertFormats = (db: Db, accounts: readonly SeedAccount[]) =>
  db.run(sql`
    INSERT INTO tbl_accountImportFormat (dateImport, type, fileEnding) VALUES ${join(
      accounts.map(({ importType, importFileEnding }) => sql`(NOW(), ${importType}, ${importFileEnding})`),
      ', ',
    )} ON DUPLICATE KEY UPDATE id = id`)

const insertPaths = (db: Db, accounts: readonly SeedAccount[]) =>
  db.run(sql`
    INSERT INTO tbl_accountImportPath (dateImport, path, account, importFormat)
    SELECT NOW(), w.folder, a.id, f.id FROM JSON_TABLE(${JSON.stringify(accounts)}, '$[*]' COLUMNS (
        name VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci PATH '$.name',
        type VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci PATH '$.importType',
        folder TEXT CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci PATH '$.importFolder')) w
      JOIN tbl_account a ON a.name = w.name JOIN tbl_accountImportFormat f ON f.type = w.type
    ON DUPLICATE KEY UPDATE tbl_accountImportPath.id = tbl_accountImportPath.id`)

/** All of them or nothing. */
export const importAccounts = (db: Db, accounts: readonly SeedAccount[]): Promise<void> =>
  retriedTransaction(db, async (inside) => {
    await lockNames(inside)
    const matches = await matchNames(inside, accounts)
    const added = matches.flatMap(({ place, first_place, id }) => (id === null && place === first_place ? accounts.slice(place - 1, place) : []))
    if (added.length === 0) return
    await insertAccounts(inside, added)
    await setClearingAccounts(inside, added)
    const withFormat = added.filter(({ importType, importFileEnding }) => importType && importFileEnding)
    if (withFormat.length > 0) await insertFormats(inside, withFormat)
    const withFolder = withFormat.filter(({ importFolder }) => importFolder)
    if (withFolder.length > 0) await insertPaths(inside, withFolder)
  })
