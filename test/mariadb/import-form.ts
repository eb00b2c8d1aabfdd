// What the tests of the import share: a bank's file as a form, and a database that has an account and the shipped formats.
import { readFileSync } from 'node:fs'
import { seedImportFormats } from '../../api/settings/seed-import-formats.ts'
import { type ApiChoices, aDatabase, type TestDatabase } from './environment.ts'

export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

export const sendForm = async <Body>(database: TestDatabase, url: string, fields: Record<string, string | Blob>): Promise<Answer<Body>> => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.set(name, value)
    else form.set(name, value, 'bank.csv')
  }
  const encoded = new Response(form)
  const answer = await database.inject({
    method: 'POST',
    url,
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    payload: Buffer.from(await encoded.arrayBuffer()),
  })
  return { status: answer.statusCode, body: answer.json<Body>() }
}

export const ask = async <Body>(database: TestDatabase, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object): Promise<Answer<Body>> => {
  const answer = await database.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json<Body>() }
}

export interface Imported {
  readonly message: string
  readonly inserted: number
  readonly total: number
  readonly warnings?: readonly string[]
  readonly detail?: string
}

export const importCsv = (database: TestDatabase, file: string | Uint8Array<ArrayBuffer>, format: string, account?: number) =>
  sendForm<Imported>(database, '/api/transactions/import-csv', { file: new Blob([file]), format, ...(account && { account_id: String(account) }) })

export const sample = (format: string) => new Uint8Array(readFileSync(`cfg/samples/${format}.csv`))

export const anAccountBody = (changes: object = {}) => ({
  name: 'Giro',
  iban_accountNumber: 'DE1',
  bic_market: 'XYZ',
  type: 1,
  startAmount: 0,
  dateStart: '2026-01-01',
  ...changes,
})

/** A migrated database with the shipped formats and the account 1, 'Giro'. */
export const aBankDatabase = async (choices: ApiChoices = {}): Promise<TestDatabase> => {
  const database = await aDatabase(choices)
  await seedImportFormats(database.db, readFileSync('cfg/import_formats.yaml', 'utf8'))
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  return database
}

/** How many transactions the database has, asked past the API. */
export const countTransactions = async ({ db }: TestDatabase): Promise<number> =>
  (await db.first<{ total: number }>({ sql: 'SELECT COUNT(*) AS total FROM tbl_transaction', values: [] }))?.total ?? -1
