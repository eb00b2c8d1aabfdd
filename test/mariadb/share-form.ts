// What the tests of shares have in common: forms as FiniA's page sends them, and a portfolio of two shares.
import sql from 'sql-template-tag'
import type { TestDatabase } from './environment.ts'
import type { Answer } from './import-form.ts'

export interface Outcome {
  readonly status: 'success' | 'error'
  readonly message?: string
  readonly share_id?: number
  readonly detail?: unknown
}
type Fields = Readonly<Record<string, string>>

/** An urlencoded form to /api/shares. */
export const send = async <Body = Outcome>(database: TestDatabase, method: 'POST' | 'PUT' | 'DELETE', path: string, fields?: Fields): Promise<Answer<Body>> => {
  const answer = await database.inject({
    method,
    url: `/api/shares${path}`,
    ...(fields && { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: new URLSearchParams(fields).toString() }),
  })
  return { status: answer.statusCode, body: answer.json<Body>() }
}

export const get = async <Body>(database: TestDatabase, path: string): Promise<Answer<Body>> => {
  const answer = await database.inject({ method: 'GET', url: `/api/shares${path}` })
  return { status: answer.statusCode, body: answer.json<Body>() }
}

export const said = (message: string) => ({ status: 200, body: { status: 'error', message } })
export const success = { status: 200, body: { status: 'success' } }

/** The shares 1 (Alpha) and 2 (Beta, of which only the ISIN is known). */
export const addShares = async (database: TestDatabase): Promise<void> => {
  await send(database, 'POST', '/', { isin: 'DE0000000001', name: 'Alpha', wkn: 'AAA111' })
  await send(database, 'POST', '/', { isin: 'DE0000000002' })
}

/** The accounting entries 1 to `amounts.length`, of transactions on these days in the category 1. */
export const addEntries = async ({ db }: TestDatabase, amounts: readonly (readonly [amount: string, day: string])[]): Promise<void> => {
  await db.run(sql`INSERT INTO tbl_category (id, dateImport, name) VALUES (1, NOW(), 'Kauf'), (2, NOW(), 'Verkauf')`)
  await db.run(
    sql`INSERT INTO tbl_account (id, dateImport, name, iban_accountNumber, bic_market, startAmount, dateStart, type) VALUES (1, NOW(), 'Giro', 'DE1', '', 0, '2020-01-01', 1)`,
  )
  for (const [index, [amount, day]] of amounts.entries()) {
    await db.run(
      sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), ${`Buchung ${index + 1}`}, ${amount}, ${day}, 1)`,
    )
  }
  await db.run(sql`UPDATE tbl_accountingEntry SET category = 1`)
}
