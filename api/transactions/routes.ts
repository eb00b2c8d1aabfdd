import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { HttpError } from '../errors.ts'
import { listImportFormats } from '../settings/import-formats.ts'
import { replaceEntries } from './entries.ts'
import { type ImportRouteDeps, importRoutes } from './import-routes.ts'
import { findPage } from './page.ts'
import { type EntryRow, findTransaction, listEntries, lockTransaction, markChecked, type TransactionRow } from './repository.ts'
import { ById, EntriesBody, FormatNames, MarkBody, Marked, Transaction, TransactionPage, TransactionQuery } from './schema.ts'

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

  app.get(
    '/',
    { config, schema: { summary: 'A page of bookings, the latest first', querystring: TransactionQuery, response: { 200: TransactionPage } } },
    async ({ db, query }) => {
      const { total, rows } = await findPage(db, query)
      return { transactions: await withEntries(db, rows), total, page: query.page, page_size: query.page_size }
    },
  )

  app.get(
    '/import-formats',
    { config: { operation: 'fetch import formats' }, schema: { summary: 'Names of the formats of bank statements', response: { 200: FormatNames } } },
    async ({ db }) => ({
      success: true,
      formats: (await listImportFormats(db)).map(({ name }) => name),
    }),
  )

  app.get(
    '/:transaction_id',
    { config, schema: { summary: 'One booking', refuses: [404], params: ById, response: { 200: Transaction } } },
    async ({ db, params }) => transactionWithEntries(db, params.transaction_id),
  )
}

const writing: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/mark-checked',
    {
      config: { operation: 'mark transactions' },
      schema: { summary: 'Mark the entries of bookings as checked, or as not', body: MarkBody, response: { 200: Marked } },
    },
    async ({ db, body: { transaction_ids, checked } }) => ({
      updated_entries: await retriedTransaction(db, async (inside) => {
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
    {
      config: { operation: 'update transaction entries' },
      schema: { summary: 'Replace the entries of a booking', refuses: [404], params: ById, body: EntriesBody, response: { 200: Transaction } },
    },
    async ({ db, params: { transaction_id: id }, body }) =>
      retriedTransaction(db, async (inside) => {
        if (await lockTransaction(inside, id)) await replaceEntries(inside, id, body.entries)
        return transactionWithEntries(inside, id)
      }),
  )
}

export const transactionRoutes: FastifyPluginAsyncTypebox<ImportRouteDeps> = async (app, { settings, clock, log, metrics }) => {
  await app.register(reading)
  await app.register(writing)
  await app.register(importRoutes, { settings, clock, log, metrics })
}
