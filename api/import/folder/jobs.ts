import sql, { empty } from 'sql-template-tag'
import type { Db } from '../../db/db.ts'

/** A folder that is read into an account. */
export interface Job {
  readonly path: string
  readonly account: number
  readonly accountName: string
  readonly format: string
  readonly fileEnding: string
}

/** Those of one account, or all (0). */
export const listJobs = (db: Db, account: number): Promise<readonly Job[]> =>
  db.all(sql`
    SELECT p.path, p.account, a.name AS accountName, f.type AS format, f.fileEnding
    FROM tbl_accountImportPath p JOIN tbl_accountImportFormat f ON f.id = p.importFormat JOIN tbl_account a ON a.id = p.account
    ${account === 0 ? empty : sql`WHERE p.account = ${account}`} ORDER BY p.id`)
