import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, type Row, tell, testRows, upload } from './rows.ts'

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

const condition = { id: 1, type: 'contains', columnName: 'description', value: 'brot' }
const rule = { name: 'R', conditions: [condition], category: 1 }
const create = (says: string, changes: object, status: number, body?: unknown): Row => [
  says,
  'POST /category-automation/rules',
  json({ ...rule, ...changes }),
  status,
  body,
]
const without = (key: keyof typeof rule): object => Object.fromEntries(Object.entries(rule).filter(([name]) => name !== key))
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/) as string
const stored = {
  id: 'mine',
  name: 'R',
  description: null,
  conditions: [{ ...condition, caseSensitive: false, minAmount: null, maxAmount: null }],
  conditionLogic: null,
  category: 1,
  accounts: [],
  priority: 5,
  enabled: true,
  dateCreated: moment,
  dateModified: moment,
}

describe('rules', () => {
  const one = '/category-automation/rules/mine'
  testRows(
    () => database,
    [
      create('an id that is given is used, what is left out has its default', { id: 'mine' }, 200, {
        id: 'mine',
        message: 'Rule created successfully.',
        rule: stored,
      }),
      ['read, one has the plain name of its category', `GET ${one}`, undefined, 200, { ...stored, category_name: 'Essen' }],
      ['one that does not exist is 404', 'GET /category-automation/rules/other', undefined, 404, detail('Rule not found.')],
      create('without an id one is made up', {}, 200, {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) as string,
        message: 'Rule created successfully.',
        rule: expect.anything() as object,
      }),
      create('a name is needed', { name: '' }, 400, detail('Rule name is required.')),
      create('a condition is needed', { conditions: [] }, 400, detail('At least one condition is required.')),
      create('a category is needed', { category: 0 }, 400, detail('Category is required.')),
      create('ids of conditions differ', { conditions: [condition, condition] }, 400, detail('Condition IDs must be unique.')),
      create('a condition needs its column', { conditions: [{ id: 1, type: 'contains' }] }, 422, issue('missing', 'body', 'conditions', 0, 'columnName')),
      create('a condition needs its type', { conditions: [{ id: 1, columnName: 'iban' }] }, 422, issue('missing', 'body', 'conditions', 0, 'type')),
      create('a condition needs its id', { conditions: [{ type: 'x', columnName: 'iban' }] }, 422, issue('missing', 'body', 'conditions', 0, 'id')),
      create(
        'kinds and columns that nobody knows are stored',
        { id: 'odd', conditions: [{ id: 1, type: 'sounds like', columnName: 'colour' }], category: 999, enabled: 0 },
        200,
      ),
      ['a rule needs its name', 'POST /category-automation/rules', json(without('name')), 422, issue('missing', 'body', 'name')],
      ['a rule needs its conditions', 'POST /category-automation/rules', json(without('conditions')), 422, issue('missing', 'body', 'conditions')],
      ['a rule needs its category', 'POST /category-automation/rules', json(without('category')), 422, issue('missing', 'body', 'category')],
      ['a rule is an object', 'POST /category-automation/rules', json([rule]), 422, issue('model_attributes_type', 'body')],
      ['a rule that is none is refused', 'POST /category-automation/rules', undefined, 422, issue('missing', 'body')],
      [
        'a change asks no more than the form',
        `PUT ${one}`,
        json({ name: '', conditions: [], category: 0, id: 'another', priority: 9 }),
        200,
        { id: 'mine', message: 'Rule updated successfully.', rule: { ...stored, name: '', conditions: [], category: 0, priority: 9 } },
      ],
      ['a change of nothing is refused', `PUT ${one}`, undefined, 400, detail('Rule data is required.')],
      ['a change without a category is refused', `PUT ${one}`, json(without('category')), 422, issue('missing', 'body', 'category')],
      ['a change of one that does not exist is 404', 'PUT /category-automation/rules/other', json(rule), 404, detail('Rule not found.')],
      [
        'a change of one that the page made up creates it',
        'PUT /category-automation/rules/new-1',
        json({ ...rule, id: 'made' }),
        200,
        { id: 'made', message: 'Rule created successfully.', rule: { ...stored, id: 'made' } },
      ],
      [
        'a change of one that the page made up is checked as a new one',
        'PUT /category-automation/rules/new-1',
        json({ ...rule, conditions: [] }),
        400,
        detail('At least one condition is required.'),
      ],
      ['one is deleted', `DELETE ${one}`, undefined, 200, { message: 'Rule deleted successfully.', id: 'mine' }],
      ['one that is gone cannot be deleted', `DELETE ${one}`, undefined, 404, detail('Rule not found.')],
      [
        'one of a category that is gone has no name of it',
        'GET /category-automation/rules/odd',
        undefined,
        200,
        expect.objectContaining({ category_name: null, enabled: false }),
      ],
      [
        'a list of those of an account wants its number',
        'GET /category-automation/rules?account=giro',
        undefined,
        422,
        issue('int_parsing', 'query', 'account'),
      ],
      [
        'a list of those that are on wants yes or no',
        'GET /category-automation/rules?enabled_only=maybe',
        undefined,
        422,
        issue('bool_parsing', 'query', 'enabled_only'),
      ],
    ],
  )

  test('the list counts those that are on, or all, by priority and then in the order in which they came', async () => {
    const ids = async (query: string) => {
      const [, body] = await tell(database, `GET /category-automation/rules${query}` as 'GET /')
      const { rules, total } = body as { rules: readonly { id: string }[]; total: number }
      expect(total).toBe(rules.length)
      return rules.map(({ id }) => id).filter((id) => !id.includes('-') || id.startsWith('rule'))
    }
    await tell(database, 'POST /category-automation/rules', json({ ...rule, id: 'first', priority: 9, accounts: [2] }))
    expect([await ids(''), await ids('?account=1'), await ids('?account=2&enabled_only=off')]).toEqual([
      ['first', 'rule-1', 'made'],
      ['rule-1', 'made'],
      ['first', 'rule-1', 'odd', 'made'],
    ])
  })
})

const tried = (
  says: string,
  [conditions, logic, transaction]: readonly [readonly object[], string | null, object],
  expected: readonly [boolean, boolean | null],
): Row => [
  says,
  'POST /category-automation/test-rule',
  json({ rule: { ...rule, conditions, conditionLogic: logic }, transaction: { description: 'Brot vom Bäcker', ...transaction } }),
  200,
  expect.objectContaining({ matches: expected[0], message: expected[0] ? 'Rule matches' : 'Rule does not match', logicEvaluation: expected[1] }),
]
const about = (id: number, type: string, value: string | null, rest: object = {}) => ({ id, type, columnName: 'description', value, ...rest })
const amount = (rest: object) => ({ id: 1, type: 'amountRange', columnName: 'amount', ...rest })

describe('a rule is tried', () => {
  testRows(
    () => database,
    [
      [
        'the answer repeats the transaction: an empty recipient as null, an amount as a number',
        'POST /category-automation/test-rule',
        json({ rule, transaction: { description: 'Brot', recipientApplicant: '', amount: '-1.50', iban: null } }),
        200,
        {
          matches: true,
          message: 'Rule matches',
          conditionResults: { 1: true },
          logicEvaluation: null,
          transaction: { description: 'Brot', recipientApplicant: null, amount: -1.5, iban: null },
        },
      ],
      [
        'an amount that is none is null',
        'POST /category-automation/test-rule',
        json({ rule, transaction: { description: 'x', amount: 'viel' } }),
        200,
        expect.objectContaining({ transaction: { description: 'x', recipientApplicant: null, amount: null, iban: null } }),
      ],
      [
        'the description is needed',
        'POST /category-automation/test-rule',
        json({ rule, transaction: {} }),
        422,
        issue('missing', 'body', 'transaction', 'description'),
      ],
      ['the transaction is needed', 'POST /category-automation/test-rule', json({ rule }), 422, issue('missing', 'body', 'transaction')],
      tried('contains: anywhere, whatever the case', [[about(1, 'contains', 'BÄCK')], null, {}], [true, null]),
      tried('contains: the case counts when asked for', [[about(1, 'contains', 'BÄCK', { caseSensitive: true })], null, {}], [false, null]),
      tried('contains: an empty text is in nothing', [[about(1, 'contains', '')], null, {}], [false, null]),
      tried('startsWith', [[about(1, 'startsWith', 'brot')], null, {}], [true, null]),
      tried('startsWith: an empty text starts nothing', [[about(1, 'startsWith', '')], null, {}], [false, null]),
      tried('endsWith', [[about(1, 'endsWith', 'bäcker')], null, {}], [true, null]),
      tried('equals', [[about(1, 'equals', 'brot vom bäcker')], null, {}], [true, null]),
      tried('equals: empty equals empty', [[about(1, 'equals', '')], null, { description: '' }], [true, null]),
      tried('regex: anywhere', [[about(1, 'regex', 'v.m\\s')], null, {}], [true, null]),
      tried('regex: a class in capitals keeps its meaning', [[about(1, 'regex', '^\\S+$')], null, {}], [false, null]),
      tried('regex: an empty pattern is in everything', [[about(1, 'regex', '')], null, {}], [true, null]),
      tried('regex: one that cannot be read holds nowhere', [[about(1, 'regex', '(')], null, {}], [false, null]),
      tried('regex: none, with the case counting, holds nowhere', [[about(1, 'regex', null, { caseSensitive: true })], null, {}], [false, null]),
      tried('any other kind holds nowhere', [[about(1, 'sounds like', 'brot')], null, {}], [false, null]),
      tried('a column that nobody knows holds nowhere', [[{ id: 1, type: 'contains', columnName: 'colour', value: 'x' }], null, {}], [false, null]),
      tried('a field that is null holds nowhere', [[{ id: 1, type: 'equals', columnName: 'iban', value: '' }], null, {}], [false, null]),
      tried('amountRange: from and to are included', [[amount({ minAmount: -1.5, maxAmount: -1.5 })], null, { amount: '-1.5' }], [true, null]),
      tried('amountRange: one bound is enough', [[amount({ minAmount: 0 })], null, { amount: -1.5 }], [false, null]),
      tried('amountRange: without bounds any number is within', [[amount({})], null, { amount: 7 }], [true, null]),
      tried('amountRange: what is no number is not within', [[{ ...amount({}), columnName: 'description' }], null, { amount: 7 }], [false, null]),
      tried(
        'a number as a text has at least one decimal',
        [[{ id: 1, type: 'equals', columnName: 'amount', value: '3000.0' }], null, { amount: '3000' }],
        [true, null],
      ),
      tried(
        'a number as a text has no superfluous zeros',
        [[{ id: 1, type: 'equals', columnName: 'amount', value: '-12.34' }], null, { amount: '-12.3400' }],
        [true, null],
      ),
      tried('without a logic any condition will do', [[about(1, 'contains', 'nichts'), about(2, 'contains', 'brot')], '', {}], [true, null]),
      tried(
        'AND before OR, in either language and any case',
        [[about(1, 'contains', 'brot'), about(2, 'contains', 'nichts')], '1 oder 2 und 2', {}],
        [true, true],
      ),
      tried('NOT at the beginning', [[about(1, 'contains', 'nichts')], 'NICHT 1', {}], [true, true]),
      tried('brackets', [[about(1, 'contains', 'brot'), about(2, 'contains', 'nichts')], '(1 OR 2) AND 2', {}], [false, false]),
      tried('a condition that does not exist does not hold', [[about(1, 'contains', 'brot')], '1 AND 7', {}], [false, false]),
      tried('a rule without conditions never matches', [[], null, {}], [false, null]),
    ],
  )
})
