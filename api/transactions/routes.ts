import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db/db.ts'
import { HttpError } from '../errors.ts'
import { Gate } from '../gate.ts'
import { importStatement } from '../import/import-statement.ts'
import { listImportFormats } from '../settings/import-formats.ts'
import { replaceEntries } from './entries.ts'
import {
  countTransactions,
  type EntryRow,
  findTransaction,
  listEntries,
  listTransactions,
  lockTransaction,
  markChecked,
  type TransactionRow,
} from './repository.ts'
import { ById, EntriesBody, FormatNames, ImportBody, Imported, MarkBody, Marked, Transaction, TransactionPage, TransactionQuery } from './schema.ts'

export interface TransactionOptions {
  /** Rows in one INSERT of an import, when the format says nothing (setting import.batch_size). */
  readonly batchSize?: number
}

const withEntries = async (db: Db, rows: readonly TransactionRow[]) => {
  const entries = new Map<number, EntryRow[]>(rows.map(({ id }) => [id, []]))
  if (rows.length > 0) for (const entry of await listEntries(db, [...entries.keys()])) entries.get(entry.transaction)?.push(entry)
  return rows.map((row) => ({ ...row, entries: entries.get(row.id) ?? [] }))
}

const transactionWithEntries = async (db: Db, id: number) => {
  const row = await findTransaction(db, id)
  const [transaction] = row ? await withEntries(db, [row]) : []
  if (!transaction) throw new HttpError(404, `Transaction with ID ${id} not found`)
  return transaction
}

/** Placeholders of one statement are limited; so are the ids in it. */
const markedTogether = 5000

const reading: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'fetch transactions' }

  app.get('/', { config, schema: { querystring: TransactionQuery, response: { 200: TransactionPage } } }, async ({ db, query }) => {
    const total = await countTransactions(db, query)
    const transactions = await withEntries(db, await listTransactions(db, query))
    return { transactions, total, page: query.page, page_size: query.page_size }
  })

  app.get('/import-formats', { config: { operation: 'fetch import formats' }, schema: { response: { 200: FormatNames } } }, async ({ db }) => ({
    success: true,
    formats: (await listImportFormats(db)).map(({ name }) => name),
  }))

  app.get('/:transaction_id', { config, schema: { params: ById, response: { 200: Transaction } } }, async ({ db, params }) =>
    transactionWithEntries(db, params.transaction_id),
  )
}

const writing: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/mark-checked',
    { config: { operation: 'mark transactions' }, schema: { body: MarkBody, response: { 200: Marked } } },
    async ({ db, body: { transaction_ids, checked } }) => ({
      updated_entries: await db.transaction(async (inside) => {
        let changed = 0
        for (let start = 0; start < transaction_ids.length; start += markedTogether) {
          changed += await markChecked(inside, transaction_ids.slice(start, start + markedTogether), checked)
        }
        return changed
      }),
    }),
  )

  app.put(
    '/:transaction_id/entries',
    { config: { operation: 'update transaction entries' }, schema: { params: ById, body: EntriesBody, response: { 200: Transaction } } },
    async ({ db, params: { transaction_id: id }, body }) =>
      db.transaction(async (inside) => {
        if (await lockTransaction(inside, id)) await replaceEntries(inside, id, body.entries)
        return transactionWithEntries(inside, id)
      }),
  )
}

/** A file of 20 MiB becomes some 400 MB of rows: two of these fit into a process at the same time. */
const largeFile = 1_048_576
const places = 2
const patience = 30_000

export const transactionRoutes: FastifyPluginAsyncTypebox<TransactionOptions> = async (app, { batchSize = 1000 }) => {
  await app.register(reading)
  await app.register(writing)
  const gate = new Gate(places, patience)

  app.post(
    '/import-csv',
    { config: { operation: 'import transactions', form: true }, schema: { body: ImportBody, response: { 200: Imported } } },
    async ({ db, body: { file, format, account_id } }) => {
      const upload = { content: file.content, format, ...(account_id && { account: account_id }) }
      const read = () => importStatement(db, upload, batchSize)
      const { inserted, total, warnings } = await (file.content.length > largeFile ? gate.pass(read) : read())
      return {
        success: true,
        message: `Import completed: ${inserted} of ${total} transactions imported.`,
        inserted,
        total,
        format,
        filename: file.filename,
        // Rules cannot be made in this release, so there is nothing to apply (see the warnings when an older database has some).
        auto_categorized: 0,
        auto_categorized_total: 0,
        ...(warnings.length > 0 && { warnings: [...warnings] }),
      }
    },
  )
}
