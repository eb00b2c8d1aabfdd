import sql, { bulk, join } from 'sql-template-tag'
import { isBasicText } from '../db/basic-text.ts'
import type { Db } from '../db/db.ts'

export interface NewTransaction {
  readonly iban: string | null
  readonly bic: string | null
  readonly description: string
  readonly amount: string
  readonly dateValue: string
  readonly recipientApplicant: string | null
  readonly account: number
}

/**
 * Answers how many were new. IGNORE, as the original: what is there already is passed over, and a description or an IBAN that is too long is
 * cut, by which the same file finds its own rows again.
 */
export const insertTransactions = async (db: Db, rows: readonly NewTransaction[]): Promise<number> => {
  const values = rows.map((row) => [sql`NOW()`, row.iban, row.bic, row.description, row.amount, row.dateValue, row.recipientApplicant, row.account])
  const { affectedRows } = await db.run(
    sql`INSERT IGNORE INTO tbl_transaction (dateImport, iban, bic, description, amount, dateValue, recipientApplicant, account) VALUES ${bulk(values)}`,
  )
  return affectedRows
}

/** The accounts of some names, found as the database compares them: without regard to case and accents. */
export const findAccountIds = async (db: Db, wanted: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const names = wanted.filter(isBasicText)
  const found = new Map<string, number>()
  for (let start = 0; start < names.length; start += 100) {
    const some = names.slice(start, start + 100)
    const rows = await db.all<{ position: number; id: number }>(
      join(
        some.map((name, position) => sql`(SELECT ${position} AS position, id FROM tbl_account WHERE name = ${name})`),
        ' UNION ALL ',
      ),
    )
    for (const { position, id } of rows) {
      const name = some[Number(position)]
      if (name !== undefined) found.set(name, id)
    }
  }
  return found
}
