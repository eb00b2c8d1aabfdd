import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, tell, testRows, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const named = [
  { id: 1, name: 'Essen', fullname: 'Essen' },
  { id: 2, name: 'Gebäck', fullname: 'Essen - Gebäck' },
  { id: 3, name: 'Frei', fullname: 'Frei' },
]
const tree = [
  { id: 1, name: 'Essen', parent_id: null },
  { id: 3, name: 'Frei', parent_id: null },
  { id: 2, name: 'Gebäck', parent_id: 1 },
]
const paging = { page: 1, page_size: 100, total: 3 }

describe('categories are read', () => {
  testRows(
    () => database,
    [
      ['by full name, a hundred a page', 'GET /categories/', undefined, 200, { categories: named, ...paging }],
      ['page by page', 'GET /categories/?page=2&page_size=2', undefined, 200, { categories: named.slice(2), page: 2, page_size: 2, total: 3 }],
      ['beyond the end as an empty list', 'GET /categories/?page=5', undefined, 200, { categories: [], ...paging, page: 5 }],
      ['as a tree by plain name', 'GET /categories/hierarchy', undefined, 200, { categories: tree, ...paging }],
      [
        'as a tree beyond the end',
        'GET /categories/hierarchy?page=9007199254740991&page_size=1000',
        undefined,
        200,
        { categories: [], page: 9007199254740991, page_size: 1000, total: 3 },
      ],
      ['as a whole tree, without paging', 'GET /categories/hierarchy/all', undefined, 200, { categories: tree }],
      ['as a list of full names, without paging', 'GET /categories/list', undefined, 200, { categories: named.map(({ id, fullname }) => ({ id, fullname })) }],
      ['one by its id', 'GET /categories/2', undefined, 200, { id: 2, name: 'Gebäck', parent_id: 1 }],
      ['none by another id', 'GET /categories/9', undefined, 404, detail('Category not found')],
      ['none by a name', 'GET /categories/essen', undefined, 422, issue('int_parsing', 'path', 'category_id')],
      ['at least one a page', 'GET /categories/?page_size=0', undefined, 422, issue('greater_than_equal', 'query', 'page_size')],
      ['at most a thousand a page', 'GET /categories/hierarchy?page_size=1001', undefined, 422, issue('less_than_equal', 'query', 'page_size')],
    ],
  )
})

describe('categories are written', () => {
  testRows(
    () => database,
    [
      ['with the highest id plus one', 'POST /categories/', json({ name: 'Neu', parent_id: 1 }), 200, { id: 4, name: 'Neu', parent_id: 1 }],
      ['at the top without a parent', 'POST /categories/', json({ name: 'Oben' }), 200, { id: 5, name: 'Oben', parent_id: null }],
      ['with an empty name', 'POST /categories/', json({ name: '' }), 200, { id: 6, name: '', parent_id: null }],
      ['not with a name of nothing but blanks, which the database takes for the empty one', 'POST /categories/', json({ name: '  ' }), 409],
      [
        'not with the name of another one, whatever its case, its accents and the blanks behind it',
        'POST /categories/',
        json({ name: 'GEBACK ' }),
        409,
        detail(/^Database error \(create category\): 1062 \(23000\): /),
      ],
      ['not below one that does not exist', 'POST /categories/', json({ name: 'X', parent_id: 99 }), 404, detail('Parent category with ID 99 not found')],
      ['not below the category 0', 'POST /categories/', json({ name: 'X', parent_id: 0 }), 404, detail('Parent category with ID 0 not found')],
      ['not without a name', 'POST /categories/', json({ parent_id: 1 }), 422, issue('missing', 'body', 'name')],
      ['not with a number as a name', 'POST /categories/', json({ name: 5 }), 422, issue('string_type', 'body', 'name')],
      ['not with a name that is too long', 'POST /categories/', json({ name: 'x'.repeat(129) }), 422, detail(/1406/)],
      ['with a name of 128 letters that are two bytes each', 'POST /categories/', json({ name: 'ö'.repeat(128) }), 200],
      ['not with a name that the table cannot hold', 'POST /categories/', json({ name: 'Haus 🏠' }), 422],
      ['not without a body', 'POST /categories/', undefined, 422, issue('missing', 'body')],
      ['in parts: what is left out stays', 'PUT /categories/4', json({ name: 'Neuer' }), 200, { id: 4, name: 'Neuer', parent_id: 1 }],
      ['in parts: null as the parent moves to the top', 'PUT /categories/4', json({ parent_id: null }), 200, { id: 4, name: 'Neuer', parent_id: null }],
      ['in parts: nothing at all changes nothing', 'PUT /categories/4', json({}), 200, { id: 4, name: 'Neuer', parent_id: null }],
      ['in its own name once more', 'PUT /categories/4', json({ name: 'neuer' }), 200, { id: 4, name: 'neuer', parent_id: null }],
      ['not into null', 'PUT /categories/4', json({ name: null }), 422, issue('string_type', 'body', 'name')],
      ['not when it does not exist', 'PUT /categories/99', json({ name: 'X' }), 404, detail('Category not found')],
      ['not below one that does not exist, when changed', 'PUT /categories/4', json({ parent_id: 99 }), 404, detail('Parent category with ID 99 not found')],
      ['not below itself', 'PUT /categories/1', json({ parent_id: 1 }), 400],
      ['not below its own child', 'PUT /categories/1', json({ parent_id: 2 }), 400],
      ['not away while entries or plannings have it', 'DELETE /categories/2', undefined, 409, detail(/^Database error \(delete category\): 1451 \(23000\): /)],
      ['not away when it does not exist', 'DELETE /categories/99', undefined, 404, detail('Category not found')],
      ['away, with a sentence', 'DELETE /categories/4', undefined, 200, { message: 'Category 4 deleted successfully' }],
      [
        'from YAML',
        'POST /categories/import-yaml',
        upload('categories: [{ name: Essen, subcategories: [{ name: Obst }] }]'),
        200,
        { status: 'success', message: 'Categories YAML file successfully imported.' },
      ],
      ['not from what is no YAML', 'POST /categories/import-yaml', upload('a: ['), 400, detail(/^Invalid YAML file: /)],
      ['not from YAML without them', 'POST /categories/import-yaml', upload('a: 1'), 400, detail("YAML file does not contain a 'categories' section.")],
      ['not from YAML in which they are no list', 'POST /categories/import-yaml', upload('categories: 1'), 400, detail("'categories' must be a list.")],
      ['not from a file that is none', 'POST /categories/import-yaml', json({ file: 'x' }), 422, issue('missing', 'body', 'file')],
      ['not from a name that stands elsewhere in the tree', 'POST /categories/import-yaml', upload('categories: [{ name: Gebäck }]'), 409],
    ],
  )

  test('children move up to the parent of what is deleted', async () => {
    await tell(database, 'POST /categories/', json({ name: 'Mitte', parent_id: 1 }))
    const middle = (await tell(database, 'GET /categories/list'))[1] as { categories: readonly { id: number; fullname: string }[] }
    const id = middle.categories.find(({ fullname }) => fullname === 'Essen - Mitte')?.id
    await tell(database, 'POST /categories/', json({ name: 'Unten', parent_id: id }))
    expect(await tell(database, `DELETE /categories/${id}`)).toEqual([200, { message: `Category ${id} deleted successfully` }])
    const after = (await tell(database, 'GET /categories/list'))[1] as { categories: readonly { id: number; fullname: string }[] }
    expect(after.categories.map(({ fullname }) => fullname)).toContain('Essen - Unten')
  })

  test('a ring that another program has closed hides its categories from the full names, and breaks no list', async () => {
    await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES (70, NOW(), 'Ring 1', NULL), (71, NOW(), 'Ring 2', 70)`)
    await database.db.run(sql`UPDATE tbl_category SET category = 71 WHERE id = 70`)
    await database.db.run(sql`UPDATE tbl_accountingEntry SET category = 71 WHERE id = 2`)
    for (const path of ['/categories/', '/categories/list', '/categories/hierarchy/all', '/transactions/', '/planning/'] as const)
      expect([path, (await tell(database, `GET ${path}`))[0]]).toEqual([path, 200])
    expect((await tell(database, 'GET /transactions/2'))[1]).toMatchObject({ entries: [{ category: 71, category_name: null }] })
    expect(await tell(database, 'PUT /categories/70', json({ parent_id: null }))).toEqual([200, { id: 70, name: 'Ring 1', parent_id: null }])
    expect((await tell(database, 'GET /transactions/2'))[1]).toMatchObject({ entries: [{ category: 71, category_name: 'Ring 1 - Ring 2' }] })
  })

  test('a tree that is very deep is listed', async () => {
    for (let depth = 0; depth < 40; depth++)
      await database.db.run(
        sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES (${100 + depth}, NOW(), ${`Ebene ${depth} ${'x'.repeat(60)}`}, ${depth === 0 ? null : 99 + depth})`,
      )
    const [status, body] = await tell(database, 'GET /categories/list')
    expect([status, (body as { categories: readonly { id: number }[] }).categories.filter(({ id }) => id >= 100).length]).toEqual([200, 40])
  })
})
