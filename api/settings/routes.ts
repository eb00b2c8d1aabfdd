import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { changeAccountType, createAccountType, deleteAccountType, listAccountTypes } from './account-types.ts'
import { formatRoutes } from './format-routes.ts'
import { readMasterData } from './master-data.ts'
import { changePlanningCycle, createPlanningCycle, deletePlanningCycle, importPlanningCycles, listPlanningCycles } from './planning-cycles.ts'
import { readCycle, readShareCategory, readType } from './read-body.ts'
import {
  AccountType,
  AccountTypeBody,
  AccountTypes,
  ById,
  Cycle,
  CycleBody,
  Cycles,
  FileBody,
  Imported,
  ShareCategories,
  ShareCategory,
  ShareCategoryBody,
  Success,
} from './schema.ts'
import { addShareCategory, listShareCategories, removeShareCategory } from './share-categories.ts'

const success = { status: 'success' }

const shareCategories: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'share categories' }

  app.get(
    '/shares-tx-categories',
    { config, schema: { summary: 'Categories that mean buying, selling or a dividend', response: { 200: ShareCategories } } },
    async ({ db }) => ({
      categories: [...(await listShareCategories(db))],
    }),
  )

  app.post(
    '/shares-tx-categories',
    { config, schema: { summary: 'Let a category mean buying, selling or a dividend', body: ShareCategoryBody, response: { 200: ShareCategory } } },
    async ({ db, body }) => {
      const category = readShareCategory(body)
      await addShareCategory(db, category)
      return { ...success, category_id: body['category_id'], type: category.type }
    },
  )

  app.delete(
    '/shares-tx-categories',
    { config, schema: { summary: 'Take back what a category means', refuses: [404], body: ShareCategoryBody, response: { 200: Success } } },
    async ({ db, body }) => {
      await removeShareCategory(db, readShareCategory(body))
      return success
    },
  )
}

const accountTypes: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'account types' }

  app.get('/account-types', { config, schema: { summary: 'The types of accounts', response: { 200: AccountTypes } } }, async ({ db }) => ({
    account_types: [...(await listAccountTypes(db))],
  }))

  app.post(
    '/account-types',
    { config, schema: { summary: 'Create a type of accounts', body: AccountTypeBody, response: { 200: AccountType } } },
    async ({ db, body }) => {
      const type = readType(body)
      return { ...success, id: await createAccountType(db, type), type }
    },
  )

  app.put(
    '/account-types/:setting_id',
    { config, schema: { summary: 'Rename a type of accounts', refuses: [404], params: ById, body: AccountTypeBody, response: { 200: AccountType } } },
    async ({ db, params, body }) => {
      const [id, type] = [params.setting_id, readType(body)]
      await changeAccountType(db, id, type)
      return { ...success, id, type }
    },
  )

  app.delete(
    '/account-types/:setting_id',
    { config, schema: { summary: 'Delete a type that no account has', refuses: [404], params: ById, response: { 200: Success } } },
    async ({ db, params }) => {
      await deleteAccountType(db, params.setting_id)
      return success
    },
  )
}

const planningCycles: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'planning cycles' }

  app.get('/planning-cycles', { config, schema: { summary: 'The cycles of plannings', response: { 200: Cycles } } }, async ({ db }) => ({
    planning_cycles: [...(await listPlanningCycles(db))],
  }))

  // the period is answered as it was sent, number or text
  app.post('/planning-cycles', { config, schema: { summary: 'Create a cycle', body: CycleBody, response: { 200: Cycle } } }, async ({ db, body }) => {
    const cycle = readCycle(body)
    return { ...success, id: await createPlanningCycle(db, cycle), ...cycle, periodValue: body['periodValue'] }
  })

  app.put(
    '/planning-cycles/:setting_id',
    { config, schema: { summary: 'Replace a cycle', refuses: [404], params: ById, body: CycleBody, response: { 200: Cycle } } },
    async ({ db, params, body }) => {
      const cycle = readCycle(body)
      await changePlanningCycle(db, params.setting_id, cycle)
      return { ...success, id: params.setting_id, ...cycle, periodValue: body['periodValue'] }
    },
  )

  app.delete(
    '/planning-cycles/:setting_id',
    { config, schema: { summary: 'Delete a cycle that no planning has', refuses: [404], params: ById, response: { 200: Success } } },
    async ({ db, params }) => {
      await deletePlanningCycle(db, params.setting_id)
      return success
    },
  )

  app.post(
    '/planning-cycles/import-yaml',
    {
      config: { operation: 'import planning cycles', form: true },
      schema: { summary: 'Import cycles from a YAML file', body: FileBody, response: { 200: Imported } },
    },
    async ({ db, body }) => {
      await importPlanningCycles(db, readMasterData(body.file, 'planningCycle').cycles)
      return { ...success, message: 'Planning cycles YAML file successfully imported.' }
    },
  )
}

export const settingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(formatRoutes)
  await app.register(shareCategories)
  await app.register(accountTypes)
  await app.register(planningCycles)
}
