// A bank's file into a user's database, all of it or nothing.
import { lockAccount } from '../accounts/repository.ts'
import type { Db } from '../db/db.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { listImportFormats } from '../settings/import-formats.ts'
import { assignAccounts } from './assign-accounts.ts'
import { type Format, readFormat } from './format.ts'
import { countAutomationRules, findAccountIds, insertTransactions, type NewTransaction } from './repository.ts'
import { readStatement, type Statement } from './statement.ts'

export interface Upload {
  readonly content: Uint8Array
  readonly format: string
  /** The account of rows that name none. */
  readonly account?: number
}

export interface ImportResult {
  readonly inserted: number
  readonly total: number
  readonly warnings: readonly string[]
}

export const importStatement = async (db: Db, upload: Upload, batchSize: number): Promise<ImportResult> => {
  const statement = statementOf(await formatNamed(db, upload.format), upload)
  return db.transaction(async (inside) => {
    if (upload.account !== undefined && !(await lockAccount(inside, upload.account))) throw new NotFound('Account', upload.account)
    const names = new Set(statement.rows.flatMap(({ account }) => account || []))
    const { transactions, warnings } = assignAccounts(statement.rows, await findAccountIds(inside, [...names]), upload.account)
    const inserted = await insertInBatches(inside, transactions, statement.version.batch_size ?? batchSize)
    const uncategorized = inserted > 0 ? await automationWarning(inside) : []
    return { inserted, total: statement.total, warnings: [...statement.warnings, ...warnings, ...uncategorized] }
  })
}

const formatNamed = async (db: Db, name: string): Promise<Format> => {
  const formats = await listImportFormats(db)
  const stored = formats.find((format) => format.name === name)
  if (!stored) {
    const available = formats.map((format) => `'${format.name}'`).join(', ')
    throw new BadRequest(`Invalid format '${name}': Format '${name}' not found in settings. Available: [${available}]`)
  }
  const format = readFormat(name, stored.config)
  if ('problem' in format) throw new BadRequest(`Invalid format '${name}': ${format.problem}`)
  return format
}

const statementOf = (format: Format, { content, account }: Upload): Statement => {
  const statement = readStatement(content, format)
  if ('problem' in statement) {
    throw new BadRequest(statement.fault === 'format' ? `Invalid format '${format.name}': ${statement.problem}` : `CSV file error: ${statement.problem}`)
  }
  if (!statement.namesAccounts && account === undefined) throw new BadRequest('Account ID is required for this format (no account column in CSV)')
  return statement
}

const insertInBatches = async (db: Db, transactions: readonly NewTransaction[], wanted: number): Promise<number> => {
  const size = Math.min(Math.max(wanted, 100), 5000)
  let inserted = 0
  for (let start = 0; start < transactions.length; start += size) inserted += await insertTransactions(db, transactions.slice(start, start + size))
  return inserted
}

const automationWarning = async (db: Db): Promise<readonly string[]> => {
  const rules = await countAutomationRules(db)
  return rules > 0 ? [`Automatic categorisation did not run: this release cannot apply the ${rules} stored rules yet`] : []
}
