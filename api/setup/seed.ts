// Puts cfg/data.yaml and cfg/import_formats.yaml into a database that nobody has used yet.
import sql, { join, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { settleSeed } from '../db/migrations/bookkeeping.ts'
import { retriedTransaction } from '../db/retry.ts'
import { seedImportFormats } from '../settings/seed-import-formats.ts'
import { categoryRows, type SeedAccount, type SeedData } from './seed-data.ts'

export interface Seed {
  readonly data: SeedData
  /** The text of cfg/import_formats.yaml. */
  readonly formats: string
}

const list = (rows: readonly Sql[]): Sql => join(rows, ', ')

const hasRows = async (db: Db): Promise<boolean> => {
  const row = await db.first<{ used: number }>(sql`SELECT EXISTS (SELECT 1 FROM tbl_category) OR EXISTS (SELECT 1 FROM tbl_account) AS used`)
  return row?.used === 1
}

const insertTypes = (db: Db, types: readonly string[]) =>
  db.run(sql`INSERT IGNORE INTO tbl_accountType (dateImport, type) VALUES ${list(types.map((type) => sql`(NOW(), ${type})`))}`)

const insertCycles = (db: Db, cycles: SeedData['cycles']) =>
  db.run(
    sql`INSERT IGNORE INTO tbl_planningCycle (dateImport, cycle, periodValue, periodUnit) VALUES ${list(
      cycles.map(({ cycle, periodValue, periodUnit }) => sql`(NOW(), ${cycle}, ${periodValue}, ${periodUnit})`),
    )}`,
  )

const insertCategories = (db: Db, categories: SeedData['categories']) =>
  db.run(
    sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES ${list(
      categoryRows(categories, 1).map(({ id, name, parent }) => sql`(${id}, NOW(), ${name}, ${parent})`),
    )}`,
  )

/** A type that nobody knows is a current account (id 1), as in the original. */
const insertAccounts = (db: Db, accounts: readonly SeedAccount[]) =>
  db.run(
    sql`INSERT INTO tbl_account (dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, dateEnd, type) VALUES ${list(
      accounts.map(
        ({ name, iban_accountNumber: iban, bic_market: bic, startAmount, dateStart, dateEnd = null, type = null }) =>
          sql`(NOW(), ${name}, ${iban}, ${bic}, ${startAmount}, ${dateStart}, ${dateEnd}, IFNULL((SELECT id FROM tbl_accountType WHERE type = ${type}), 1))`,
      ),
    )}`,
  )

const setClearingAccount = (db: Db, { name, clearingAccount }: SeedAccount) =>
  db.run(
    sql`UPDATE tbl_account paying JOIN tbl_account clearing ON clearing.name = ${clearingAccount} SET paying.clearingAccount = clearing.id WHERE paying.name = ${name}`,
  )

const insertFormat = (db: Db, { importType, importFileEnding }: SeedAccount) =>
  db.run(sql`INSERT IGNORE INTO tbl_accountImportFormat (dateImport, type, fileEnding) VALUES (NOW(), ${importType}, ${importFileEnding})`)

const insertPath = (db: Db, { name, importType, importFolder }: SeedAccount) =>
  db.run(sql`INSERT IGNORE INTO tbl_accountImportPath (dateImport, path, account, importFormat)
    SELECT NOW(), ${importFolder}, account.id, format.id FROM tbl_account account JOIN tbl_accountImportFormat format ON format.type = ${importType}
    WHERE account.name = ${name}`)

const insertAll = async (db: Db, { accountTypes, cycles, categories, accounts }: SeedData): Promise<void> => {
  if (accountTypes.length > 0) await insertTypes(db, accountTypes)
  if (cycles.length > 0) await insertCycles(db, cycles)
  if (categories.length > 0) await insertCategories(db, categories)
  if (accounts.length > 0) await insertAccounts(db, accounts)
  for (const account of accounts) {
    if (account.clearingAccount) await setClearingAccount(db, account)
    if (!account.importType || !account.importFileEnding) continue
    await insertFormat(db, account)
    if (account.importFolder) await insertPath(db, account)
  }
}

/** Whether the database was unused and has the data and the formats now; all of it or nothing. Asked once: what somebody deletes stays deleted. */
export const seedUnused = (db: Db, { data, formats }: Seed): Promise<boolean> =>
  retriedTransaction(db, async (transaction) => {
    if (!(await settleSeed(transaction)) || (await hasRows(transaction))) return false
    await insertAll(transaction, data)
    await seedImportFormats(transaction, formats)
    return true
  })
