import sql from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { Conflict, HttpError } from '../errors.ts'
import { explained } from './explained.ts'

export interface AccountType {
  readonly id: number
  readonly type: string
  readonly dateImport: string | null
}

const notFound = (id: number) => new HttpError(404, `Account type with ID ${id} not found`)
const taken = (type: string) => ({ duplicate: new Conflict(`Account type '${type}' already exists`) })

export const listAccountTypes = (db: Db): Promise<readonly AccountType[]> => db.all(sql`SELECT id, type, dateImport FROM tbl_accountType ORDER BY id`)

export const createAccountType = async (db: Db, type: string): Promise<number> =>
  (await explained(db.run(sql`INSERT INTO tbl_accountType (dateImport, type) VALUES (NOW(), ${type})`), taken(type))).insertId

export const changeAccountType = async (db: Db, id: number, type: string): Promise<void> => {
  const { affectedRows } = await explained(db.run(sql`UPDATE tbl_accountType SET type = ${type} WHERE id = ${id}`), taken(type))
  if (affectedRows === 0) throw notFound(id)
}

export const deleteAccountType = async (db: Db, id: number): Promise<void> => {
  const referenced = new Conflict('Cannot delete account type: still in use by existing accounts')
  const { affectedRows } = await explained(db.run(sql`DELETE FROM tbl_accountType WHERE id = ${id}`), { referenced })
  if (affectedRows === 0) throw notFound(id)
}
