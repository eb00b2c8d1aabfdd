import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import type { Deps } from '../deps.ts'
import { Conflict } from '../errors.ts'
import { todayIn } from '../today.ts'
import { fillMonthEnds } from './auto-fill.ts'
import { checkHistory, countHistory, deleteHistory, hasPriceOn, insertPrices, listHistory, lockHistory, updateHistory } from './history.ts'
import { badDate, type Outcome, refused, succeeded, success, unknownIsin } from './outcome.ts'
import { ByHistory, ChangedHistoryForm, CheckedForm, Filled, HistoryForm, HistoryPage, HistoryQuery, Outcome as OutcomeSchema } from './schema.ts'
import { lockShare } from './shares.ts'
import { readWrittenDate } from './written-date.ts'

const dayTaken = 'History entry for this share and date already exists'

const createHistory = async (db: Db, form: Static<typeof HistoryForm>): Promise<Outcome> => {
  const date = readWrittenDate(form.date)
  if (date === undefined) return badDate('date', form.date)
  return retriedTransaction(db, async (inside) => {
    const share = await lockShare(inside, form.isin.trim())
    if (share === undefined) return unknownIsin(form.isin)
    if (await hasPriceOn(inside, share, date)) return refused(dayTaken)
    await insertPrices(inside, [{ share, date, amount: form.amount }])
    return succeeded('History entry created successfully')
  })
}

const changeHistory = async (db: Db, id: number, form: Static<typeof ChangedHistoryForm>): Promise<Outcome> => {
  const date = readWrittenDate(form.date)
  if (date === undefined) return badDate('date', form.date)
  return retriedTransaction(db, async (inside) => {
    const share = await lockShare(inside, form.isin.trim())
    if (share === undefined) return unknownIsin(form.isin)
    if (!(await lockHistory(inside, id))) return success
    if (await hasPriceOn(inside, share, date, id)) throw new Conflict(dayTaken)
    await updateHistory(inside, id, { share, date, amount: form.amount }, form.checked)
    return success
  })
}

const changing: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'update history', form: true }
  const response = { 200: OutcomeSchema }

  app.put(
    '/:history_id',
    { config, schema: { summary: 'Replace a price', params: ByHistory, body: ChangedHistoryForm, response } },
    async ({ db, params, body }) => changeHistory(db, params.history_id, body),
  )

  app.put(
    '/:history_id/checked',
    { config, schema: { summary: 'Mark a price as checked, or as not', params: ByHistory, body: CheckedForm, response } },
    async ({ db, params, body }) => {
      await checkHistory(db, params.history_id, body.checked)
      return success
    },
  )

  app.delete(
    '/:history_id',
    { config: { operation: 'delete history' }, schema: { summary: 'Delete a price', params: ByHistory, response } },
    async ({ db, params }) => {
      await deleteHistory(db, params.history_id)
      return success
    },
  )
}

export const shareHistory: FastifyPluginAsyncTypebox<Pick<Deps, 'clock' | 'settings'>> = async (app, { clock, settings }) => {
  await app.register(changing)

  app.get(
    '/',
    {
      config: { operation: 'fetch history' },
      schema: { summary: 'A page of prices, the latest first', querystring: HistoryQuery, response: { 200: HistoryPage } },
    },
    async ({ db, query }) => {
      const total = await countHistory(db, query)
      return { history: [...(await listHistory(db, query))], page: query.page, page_size: query.page_size, total }
    },
  )

  app.post(
    '/',
    { config: { operation: 'create history', form: true }, schema: { summary: 'Add a price', body: HistoryForm, response: { 200: OutcomeSchema } } },
    async ({ db, body }) => createHistory(db, body),
  )

  app.post(
    '/auto-fill',
    { config: { operation: 'fill history' }, schema: { summary: 'Add what is missing at the ends of months, at price 0', response: { 200: Filled } } },
    async ({ db }) => ({
      status: 'success',
      ...(await fillMonthEnds(db, todayIn(settings.api.timeZone, clock.now()))),
    }),
  )
}
