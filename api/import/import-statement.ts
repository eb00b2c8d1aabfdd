// A bank's file into a user's database, all of it or nothing.
import { setImmediate } from 'node:timers/promises'
import { lockAccounts } from '../accounts/repository.ts'
import { categorize } from '../category-automation/categorize.ts'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import type { Clock } from '../deps.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { type ImportFormat, listImportFormats } from '../settings/import-formats.ts'
import { assignAccounts } from './assign-accounts.ts'
import { batches } from './batches.ts'
import { type Format, readFormat } from './format.ts'
import { findAccountIds, insertTransactions, type NewTransaction } from './repository.ts'
import { type Refusal, type Statement, statementSteps } from './statement.ts'

export interface Upload {
  readonly content: Uint8Array
  readonly format: string
  /** The account of rows that name none. */
  readonly account?: number
}

export interface ImportResult extends Automation {
  readonly inserted: number
  readonly total: number
}

export interface ImportDeps {
  readonly clock: Pick<Clock, 'now'>
  /** Rows in one INSERT, when the format says nothing. */
  readonly batchSize: number
}

export const importStatement = async (db: Db, upload: Upload, { clock, batchSize }: ImportDeps): Promise<ImportResult> => {
  const statement = await statementOf(await formatNamed(db, upload.format), upload)
  return retriedTransaction(db, async (inside) => {
    const names = new Set(statement.rows.flatMap(({ account }) => account || []))
    const { transactions, warnings } = assignAccounts(statement.rows, await findAccountIds(inside, [...names]), upload.account)
    await demandAccounts(inside, [...transactions.map(({ account }) => account), ...(upload.account === undefined ? [] : [upload.account])])
    const inserted = await insertInBatches(inside, transactions, statement.version.batch_size ?? batchSize)
    const automation = await categorizeNew(inside, clock, inserted)
    return { ...automation, inserted, total: statement.total, warnings: listed([...automation.warnings, ...statement.warnings, ...warnings]) }
  })
}

// Nobody reads on, and half a million of them are a hundred megabytes.
const mostWarnings = 10_000

const listed = (warnings: readonly string[]): readonly string[] =>
  warnings.length <= mostWarnings ? warnings : [...warnings.slice(0, mostWarnings), `and ${warnings.length - mostWarnings} more warnings like these`]

// INSERT IGNORE would drop the rows of an account that does not exist without a word.
export const demandAccounts = async (db: Db, ids: readonly number[]): Promise<void> => {
  const wanted = [...new Set(ids)].toSorted((a, b) => a - b)
  const present = await lockAccounts(db, wanted)
  const missing = wanted.find((id) => !present.has(id))
  if (missing !== undefined) throw new NotFound('Account', missing)
}

const formatNamed = async (db: Db, name: string): Promise<Format> => {
  const format = formatOf(await listImportFormats(db), name)
  if ('problem' in format) throw new BadRequest(`Invalid format '${name}': ${format.problem}`)
  return format
}

/** One of the stored formats, or why there is none. */
export const formatOf = (formats: readonly ImportFormat[], name: string): Format | { readonly problem: string } => {
  const stored = formats.find((format) => format.name === name)
  if (stored) return readFormat(name, stored.config)
  return { problem: `Format '${name}' not found in settings. Available: [${formats.map((format) => `'${format.name}'`).join(', ')}]` }
}

const statementOf = async (format: Format, { content, account }: Upload): Promise<Statement> => {
  const statement = await inTurns(statementSteps(content, format))
  if ('problem' in statement) {
    throw new BadRequest(statement.fault === 'format' ? `Invalid format '${format.name}': ${statement.problem}` : `CSV file error: ${statement.problem}`)
  }
  if (!statement.namesAccounts && account === undefined) throw new BadRequest('Account ID is required for this format (no account column in CSV)')
  return statement
}

/** A large file takes seconds; the other requests must not wait for it. */
export const inTurns = async (steps: Generator<void, Statement | Refusal>): Promise<Statement | Refusal> => {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await setImmediate()
  }
}

export const insertInBatches = async (db: Db, transactions: readonly NewTransaction[], wanted: number): Promise<number> => {
  let inserted = 0
  for (const batch of batches(transactions, wanted)) inserted += await insertTransactions(db, batch)
  return inserted
}

/** What automatic categorisation did after an import. */
export interface Automation {
  readonly categorized: number
  readonly candidates: number
  readonly warnings: readonly string[]
}

/** All entries without a category get one as the rules say, when there are new ones. An import does not fail because of a rule. */
export const categorizeNew = async (db: Db, clock: Pick<Clock, 'now'>, inserted: number): Promise<Automation> => {
  const outcome = inserted > 0 ? await categorize(db, clock) : { checked: 0, categorized: 0 }
  return 'problem' in outcome
    ? { categorized: 0, candidates: 0, warnings: [`Automatic categorisation failed: ${outcome.problem}`] }
    : { categorized: outcome.categorized, candidates: outcome.checked, warnings: [] }
}
