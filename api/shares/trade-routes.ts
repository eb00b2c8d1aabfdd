import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { lockEntry } from './accounting-entries.ts'
import { badDate, type Outcome, refused, succeeded, success, unknownIsin } from './outcome.ts'
import { ByTrade, Outcome as OutcomeSchema, TradeForm, TradePage, TradeQuery } from './schema.ts'
import { lockShare } from './shares.ts'
import { countTrades, deleteTrade, insertTrade, listTrades, type Trade, type TradeRow, updateTrade } from './trades.ts'
import { readWrittenDate } from './written-date.ts'

/** Stores what the form says by `store`, or tells what is wrong with it. */
const storeTrade = async (db: Db, form: Static<typeof TradeForm>, store: (db: Db, trade: Trade) => Promise<unknown>, done: Outcome): Promise<Outcome> => {
  const date = readWrittenDate(form.dateTransaction)
  if (date === undefined) return badDate('dateTransaction', form.dateTransaction)
  const { accountingEntryId: entry, tradingVolume: volume } = form
  return retriedTransaction(db, async (inside) => {
    const share = await lockShare(inside, form.isin.trim())
    if (share === undefined) return unknownIsin(form.isin)
    if (entry !== null && !(await lockEntry(inside, entry))) return refused(`Accounting entry ${entry} not found`)
    await store(inside, { share, date, volume, entry })
    return done
  })
}

const shown = (row: TradeRow) => ({ ...row, accountingEntry_amount: row.accountingEntry_amount === null ? null : Number(row.accountingEntry_amount) })

export const shareTransactions: FastifyPluginAsyncTypebox = async (app) => {
  const response = { 200: OutcomeSchema }

  app.get(
    '/',
    {
      config: { operation: 'fetch share transactions' },
      schema: { summary: 'A page of trades, the latest first', querystring: TradeQuery, response: { 200: TradePage } },
    },
    async ({ db, query }) => {
      const total = await countTrades(db, query)
      return { transactions: (await listTrades(db, query)).map(shown), page: query.page, page_size: query.page_size, total }
    },
  )

  app.post(
    '/',
    { config: { operation: 'create share transaction', form: true }, schema: { summary: 'Add a trade', body: TradeForm, response } },
    async ({ db, body }) => storeTrade(db, body, insertTrade, succeeded('Transaction created successfully')),
  )

  app.put(
    '/:transaction_id',
    { config: { operation: 'update share transaction', form: true }, schema: { summary: 'Replace a trade', params: ByTrade, body: TradeForm, response } },
    async ({ db, params, body }) => storeTrade(db, body, (inside, trade) => updateTrade(inside, params.transaction_id, trade), success),
  )

  app.delete(
    '/:transaction_id',
    { config: { operation: 'delete share transaction' }, schema: { summary: 'Delete a trade', params: ByTrade, response } },
    async ({ db, params }) => {
      await deleteTrade(db, params.transaction_id)
      return success
    },
  )
}
