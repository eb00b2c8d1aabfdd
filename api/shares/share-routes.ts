import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { type Outcome, refused, success } from './outcome.ts'
import { ByShare, Outcome as OutcomeSchema, ShareCreated, ShareForm, SharePage, ShareQuery } from './schema.ts'
import { countShares, deleteShare, insertShare, listShares, type ShareNames, updateShare } from './shares.ts'

const isinRequired = refused('ISIN is required')

/** Blanks around the numbers come from copying them. */
const namesOf = ({ isin, name, wkn }: ShareNames): ShareNames => ({ isin: isin.trim(), name, wkn: wkn?.trim() || null })

const isTaken = (error: unknown) => error instanceof DatabaseError && error.fault === 'duplicate' && error.message.includes('isin')

const createShare = async (db: Db, names: ShareNames): Promise<Outcome & { readonly share_id?: number }> => {
  if (names.isin === '') return isinRequired
  try {
    return { ...success, share_id: await insertShare(db, names) }
  } catch (error) {
    if (isTaken(error)) return refused('Share with this ISIN already exists')
    throw error
  }
}

const changing: FastifyPluginAsyncTypebox = async (app) => {
  app.put(
    '/:share_id',
    {
      config: { operation: 'update share', form: true },
      schema: { summary: 'Rename a share', params: ByShare, body: ShareForm, response: { 200: OutcomeSchema } },
    },
    async ({ db, params, body }) => {
      const names = namesOf(body)
      if (names.isin === '') return isinRequired
      await updateShare(db, params.share_id, names)
      return success
    },
  )

  app.delete(
    '/:share_id',
    {
      config: { operation: 'delete share' },
      schema: { summary: 'Delete a share that has no prices and trades', params: ByShare, response: { 200: OutcomeSchema } },
    },
    async ({ db, params }) => {
      await deleteShare(db, params.share_id)
      return success
    },
  )
}

export const sharesThemselves: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(changing)

  app.get(
    '/',
    {
      config: { operation: 'fetch shares' },
      schema: { summary: 'A page of shares with what they are worth', querystring: ShareQuery, response: { 200: SharePage } },
    },
    async ({ db, query }) => {
      const total = await countShares(db, query)
      return { shares: [...(await listShares(db, query))], page: query.page, page_size: query.page_size, total }
    },
  )

  app.post(
    '/',
    { config: { operation: 'create share', form: true }, schema: { summary: 'Create a share', body: ShareForm, response: { 200: ShareCreated } } },
    async ({ db, body }) => createShare(db, namesOf(body)),
  )
}
