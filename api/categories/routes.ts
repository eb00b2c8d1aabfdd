import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { Db } from '../db/db.ts'
import { DatabaseError } from '../db/errors.ts'
import { retriedTransaction } from '../db/retry.ts'
import { BadRequest, HttpError } from '../errors.ts'
import { readMasterData } from '../settings/master-data.ts'
import { importTree } from './import-tree.ts'
import {
  type CategoryRow,
  countCategories,
  countNamedCategories,
  deleteCategory,
  findCategory,
  findCategoryByName,
  insertCategory,
  listAllNamedCategories,
  listNamedCategories,
  listTree,
  listWholeTree,
  lockTree,
  moveChildren,
  updateCategory,
} from './repository.ts'
import { ById, Category, ChangedCategory, FileBody, Imported, Message, NamedPage, NameList, NewCategory, PageQuery, TreePage, WholeTree } from './schema.ts'
import { closesRing } from './tree.ts'

const notFound = () => new HttpError(404, 'Category not found')
const parentNotFound = (id: number) => new HttpError(404, `Parent category with ID ${id} not found`)

// Two at once reckon the same next id, or block each other: then one of them has to reckon again.
const attempts = 10
const isCollision = (error: unknown) =>
  error instanceof DatabaseError && (error.errno === 1213 || (error.fault === 'duplicate' && error.message.includes('PRIMARY')))

const createCategory = async (db: Db, name: string, parent: number | null): Promise<CategoryRow> => {
  if (parent !== null && !(await findCategory(db, parent))) throw parentNotFound(parent)
  for (let attempt = 1; ; attempt++) {
    try {
      await insertCategory(db, name, parent)
      break
    } catch (error) {
      if (attempt === attempts || !isCollision(error)) throw error
    }
  }
  const created = await findCategoryByName(db, name)
  if (!created) throw notFound()
  return created
}

const changeCategory = (db: Db, id: number, { name, parent_id }: Static<typeof ChangedCategory>): Promise<CategoryRow> =>
  retriedTransaction(db, async (inside) => {
    const tree = await lockTree(inside)
    const before = tree.find((category) => category.id === id)
    if (!before) throw notFound()
    if (typeof parent_id === 'number') {
      if (!tree.some((category) => category.id === parent_id)) throw parentNotFound(parent_id)
      if (closesRing(tree, id, parent_id)) throw new BadRequest(`Category ${id} cannot be moved below itself: parent_id ${parent_id} lies below it`)
    }
    await updateCategory(inside, { id, name: name ?? before.name, parent_id: parent_id === undefined ? before.parent_id : parent_id })
    return (await findCategory(inside, id)) ?? before
  })

const removeCategory = (db: Db, id: number): Promise<void> =>
  retriedTransaction(db, async (inside) => {
    const category = (await lockTree(inside)).find((other) => other.id === id)
    if (!category) throw notFound()
    await moveChildren(inside, id, category.parent_id)
    await deleteCategory(inside, id)
  })

const lists: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'fetch categories' }

  app.get(
    '/',
    { config, schema: { summary: 'A page of categories, by full name', querystring: PageQuery, response: { 200: NamedPage } } },
    async ({ db, query: { page, page_size } }) => {
      const total = await countNamedCategories(db)
      return { categories: [...(await listNamedCategories(db, page_size, (page - 1) * page_size))], page, page_size, total }
    },
  )

  app.get(
    '/hierarchy',
    { config, schema: { summary: 'A page of the tree of categories, by name', querystring: PageQuery, response: { 200: TreePage } } },
    async ({ db, query: { page, page_size } }) => {
      const total = await countCategories(db)
      return { categories: [...(await listTree(db, page_size, (page - 1) * page_size))], page, page_size, total }
    },
  )

  app.get('/hierarchy/all', { config, schema: { summary: 'The whole tree of categories', response: { 200: WholeTree } } }, async ({ db }) => ({
    categories: [...(await listWholeTree(db))],
  }))

  app.get('/list', { config, schema: { summary: 'Full names of all categories', response: { 200: NameList } } }, async ({ db }) => ({
    categories: [...(await listAllNamedCategories(db))],
  }))
}

const imports: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/import-yaml',
    {
      config: { operation: 'import categories', form: true },
      schema: { summary: 'Import a tree of categories from a YAML file', body: FileBody, response: { 200: Imported } },
    },
    async ({ db, body }) => {
      await importTree(db, readMasterData(body.file, 'categories').categories)
      return { status: 'success', message: 'Categories YAML file successfully imported.' }
    },
  )
}

export const categoryRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(lists)
  await app.register(imports)

  app.get(
    '/:category_id',
    { config: { operation: 'fetch category' }, schema: { summary: 'One category', refuses: [404], params: ById, response: { 200: Category } } },
    async ({ db, params }) => {
      const category = await findCategory(db, params.category_id)
      if (!category) throw notFound()
      return category
    },
  )

  app.post(
    '/',
    { config: { operation: 'create category' }, schema: { summary: 'Create a category', refuses: [404], body: NewCategory, response: { 200: Category } } },
    async ({ db, body }) => createCategory(db, body.name, body.parent_id),
  )

  app.put(
    '/:category_id',
    {
      config: { operation: 'update category' },
      schema: { summary: 'Rename or move a category', refuses: [404], params: ById, body: ChangedCategory, response: { 200: Category } },
    },
    async ({ db, params, body }) => changeCategory(db, params.category_id, body),
  )

  app.delete(
    '/:category_id',
    {
      config: { operation: 'delete category' },
      schema: { summary: 'Delete a category; those below it move up', refuses: [404], params: ById, response: { 200: Message } },
    },
    async ({ db, params }) => {
      await removeCategory(db, params.category_id)
      return { message: `Category ${params.category_id} deleted successfully` }
    },
  )
}
