import sql, { empty, join, type Sql } from 'sql-template-tag'
import type { Static } from 'typebox'
import { isBasicText } from '../db/basic-text.ts'
import type { Db } from '../db/db.ts'
import type { AccountBody } from './schema.ts'

export type NewAccount = Static<typeof AccountBody>

interface Common {
  readonly id: number
  readonly name: string
  readonly iban_accountNumber: string
  readonly bic_market: string
  readonly startAmount: string
  readonly dateStart: string | null
  readonly dateEnd: string | null
  readonly type: number
  readonly clearingAccount: number | null
}
export interface AccountListRow extends Common {
  readonly type_name: string | null
}
export interface AccountRow extends Common {
  readonly importFormat: number | null
  readonly importPath: string | null
}
interface TypeRow {
  readonly id: number
  readonly type: string
}

const matching = (search: string): Sql => {
  if (search === '') return empty
  return isBasicText(search) ? sql`WHERE a.name LIKE ${`%${search}%`} OR a.iban_accountNumber LIKE ${`%${search}%`}` : sql`WHERE FALSE`
}

export const listAccounts = (db: Db, search: string, limit: number, offset: number): Promise<readonly AccountListRow[]> =>
  db.all(sql`
    SELECT a.id, a.name, a.iban_accountNumber, a.bic_market, a.startAmount, a.dateStart, a.dateEnd, a.type, t.type AS type_name, a.clearingAccount
    FROM tbl_account a LEFT JOIN tbl_accountType t ON t.id = a.type ${matching(search)}
    ORDER BY a.name, a.id LIMIT ${limit} OFFSET ${offset}`)

export const countAccounts = async (db: Db, search: string): Promise<number> =>
  (await db.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM tbl_account a ${matching(search)}`))?.total ?? 0

export const listGirokontoNames = async (db: Db): Promise<readonly string[]> => {
  const rows = await db.all<{ name: string }>(
    sql`SELECT a.name FROM tbl_account a JOIN tbl_accountType t ON t.id = a.type WHERE t.type = 'Girokonto' ORDER BY a.name`,
  )
  return rows.map(({ name }) => name)
}

export const listAccountTypes = (db: Db): Promise<readonly TypeRow[]> => db.all(sql`SELECT id, type FROM tbl_accountType ORDER BY type, id`)

export const listFileFormats = (db: Db): Promise<readonly TypeRow[]> => db.all(sql`SELECT id, type FROM tbl_accountImportFormat ORDER BY type, id`)

export const findAccount = (db: Db, id: number): Promise<AccountRow | undefined> =>
  db.first(sql`
    SELECT a.id, a.name, a.iban_accountNumber, a.bic_market, a.startAmount, a.dateStart, a.dateEnd, a.type, a.clearingAccount,
      p.importFormat, p.path AS importPath
    FROM tbl_account a LEFT JOIN tbl_accountImportPath p ON p.account = a.id WHERE a.id = ${id} ORDER BY p.id LIMIT 1`)

/** Locked until the transaction ends, always in the same order: none can be deleted meanwhile, and who wants the same ones waits. Answers those there are. */
export const lockAccounts = async (db: Db, ids: readonly number[]): Promise<ReadonlySet<number>> => {
  if (ids.length === 0) return new Set()
  const rows = await db.all<{ id: number }>(sql`SELECT id FROM tbl_account WHERE id IN (${join(ids)}) ORDER BY id FOR UPDATE`)
  return new Set(rows.map(({ id }) => id))
}

export const insertAccount = async (db: Db, account: NewAccount): Promise<number> => {
  const { insertId } = await db.run(sql`
    INSERT INTO tbl_account (dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, dateEnd, type, clearingAccount)
    VALUES (NOW(), ${account.name}, ${account.iban_accountNumber}, ${account.bic_market}, ${account.startAmount}, ${account.dateStart},
      ${account.dateEnd || null}, ${account.type}, ${account.clearingAccount})`)
  return insertId
}

export const updateAccount = async (db: Db, id: number, account: NewAccount): Promise<boolean> => {
  const { affectedRows } = await db.run(sql`
    UPDATE tbl_account SET name = ${account.name}, iban_accountNumber = ${account.iban_accountNumber}, bic_market = ${account.bic_market},
      startAmount = ${account.startAmount}, dateStart = ${account.dateStart}, dateEnd = ${account.dateEnd || null}, type = ${account.type},
      clearingAccount = ${account.clearingAccount} WHERE id = ${id}`)
  return affectedRows > 0
}

export const deleteAccount = (db: Db, id: number) => db.run(sql`DELETE FROM tbl_account WHERE id = ${id}`)

export const deleteImportPaths = (db: Db, account: number) => db.run(sql`DELETE FROM tbl_accountImportPath WHERE account = ${account}`)

export const updateImportPath = async (db: Db, account: number, path: string, format: number): Promise<boolean> =>
  (await db.run(sql`UPDATE tbl_accountImportPath SET path = ${path}, importFormat = ${format} WHERE account = ${account}`)).affectedRows > 0

export const insertImportPath = (db: Db, account: number, path: string, format: number) =>
  db.run(sql`INSERT INTO tbl_accountImportPath (dateImport, path, account, importFormat) VALUES (NOW(), ${path}, ${account}, ${format})`)
