import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import type { Deps } from '../deps.ts'
import { Conflict, HttpError } from '../errors.ts'
import { todayIn } from '../today.ts'
import { intervalOf } from './interval.ts'
import { occurrences } from './occurrences.ts'
import {
  countPlannings,
  deleteEntries,
  deleteEntry,
  deletePlanning,
  findPlanning,
  findSchedule,
  insertEntries,
  insertPlanning,
  listCycles,
  listEntries,
  listPlannings,
  lockPlanning,
  type NewPlanning,
  type PlanningRow,
  planningExists,
  updatePlanning,
} from './repository.ts'
import { ById, Cycles, Entries, EntryById, Nothing, PageQuery, Planning, PlanningBody, Plannings } from './schema.ts'

const notFound = (id: number) => new HttpError(404, `Planning with ID ${id} not found`)

const existing = async (db: Db, id: number): Promise<PlanningRow> => {
  const planning = await findPlanning(db, id)
  if (!planning) throw notFound(id)
  return planning
}

const createPlanning = (db: Db, planning: NewPlanning): Promise<PlanningRow> =>
  retriedTransaction(db, async (inside) => existing(inside, await insertPlanning(inside, planning)))

const changePlanning = (db: Db, id: number, planning: NewPlanning): Promise<PlanningRow> =>
  retriedTransaction(db, async (inside) => {
    if (!(await updatePlanning(inside, id, planning))) throw notFound(id)
    return existing(inside, id)
  })

const removePlanning = (db: Db, id: number): Promise<void> =>
  retriedTransaction(db, async (inside) => {
    if (!(await lockPlanning(inside, id))) throw notFound(id)
    await deleteEntries(inside, id)
    await deletePlanning(inside, id)
  })

const entriesOf = async (db: Db, id: number) => {
  const entries = [...(await listEntries(db, id))]
  return { planning_id: id, entries, total: entries.length }
}

const generateEntries = (db: Db, id: number, today: string) =>
  retriedTransaction(db, async (inside) => {
    const schedule = (await lockPlanning(inside, id)) ? await findSchedule(inside, id) : undefined
    if (!schedule) throw notFound(id)
    const { dateStart, dateEnd } = schedule
    if (dateStart === null) throw new Conflict(`Planning ${id} has no start date that exists; set dateStart and generate again.`)
    await deleteEntries(inside, id)
    await insertEntries(inside, id, occurrences(intervalOf(schedule), { dateStart, dateEnd, today }))
    return entriesOf(inside, id)
  })

const reading: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'fetch plannings' }

  app.get(
    '/cycles',
    { config: { operation: 'fetch planning cycles' }, schema: { summary: 'How often a planning can recur', response: { 200: Cycles } } },
    async ({ db }) => [...(await listCycles(db))],
  )

  app.get(
    '/',
    { config, schema: { summary: 'A page of plannings, the latest first', querystring: PageQuery, response: { 200: Plannings } } },
    async ({ db, query: { page, page_size } }) => {
      const total = await countPlannings(db)
      return { plannings: [...(await listPlannings(db, page_size, (page - 1) * page_size))], total }
    },
  )

  app.get('/:planning_id', { config, schema: { summary: 'One planning', refuses: [404], params: ById, response: { 200: Planning } } }, async ({ db, params }) =>
    existing(db, params.planning_id),
  )
}

const writing: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/',
    { config: { operation: 'create planning' }, schema: { summary: 'Create a planning', body: PlanningBody, response: { 201: Planning } } },
    async ({ db, body }, reply) => reply.code(201).send(await createPlanning(db, body)),
  )

  app.put(
    '/:planning_id',
    {
      config: { operation: 'update planning' },
      schema: { summary: 'Replace a planning; its entries stay', refuses: [404], params: ById, body: PlanningBody, response: { 200: Planning } },
    },
    async ({ db, params, body }) => changePlanning(db, params.planning_id, body),
  )

  app.delete(
    '/:planning_id',
    {
      config: { operation: 'delete planning' },
      schema: { summary: 'Delete a planning and its entries', refuses: [404], params: ById, response: { 204: Nothing } },
    },
    async ({ db, params }, reply) => {
      await removePlanning(db, params.planning_id)
      return reply.code(204).send(null)
    },
  )
}

const entries: FastifyPluginAsyncTypebox<Pick<Deps, 'clock' | 'settings'>> = async (app, { clock, settings }) => {
  app.get(
    '/:planning_id/entries',
    {
      config: { operation: 'fetch planning entries' },
      schema: { summary: 'The entries of a planning', refuses: [404], params: ById, response: { 200: Entries } },
    },
    async ({ db, params: { planning_id: id } }) => {
      if (!(await planningExists(db, id))) throw notFound(id)
      return entriesOf(db, id)
    },
  )

  app.post(
    '/:planning_id/entries/generate',
    {
      config: { operation: 'generate planning entries' },
      schema: { summary: 'Replace the entries of a planning by new ones', refuses: [404], params: ById, response: { 200: Entries } },
    },
    async ({ db, params }) => generateEntries(db, params.planning_id, todayIn(settings.api.timeZone, clock.now())),
  )

  app.delete(
    '/:planning_id/entries/:entry_id',
    {
      config: { operation: 'delete planning entry' },
      schema: { summary: 'Delete one entry of a planning', refuses: [404], params: EntryById, response: { 204: Nothing } },
    },
    async ({ db, params: { planning_id: id, entry_id: entry } }, reply) => {
      if (await deleteEntry(db, id, entry)) return reply.code(204).send(null)
      if (!(await planningExists(db, id))) throw notFound(id)
      throw new HttpError(404, `Planning entry with ID ${entry} not found for planning ${id}`)
    },
  )
}

export const planningRoutes: FastifyPluginAsyncTypebox<Pick<Deps, 'clock' | 'settings'>> = async (app, { clock, settings }) => {
  await app.register(reading)
  await app.register(writing)
  await app.register(entries, { clock, settings })
}
