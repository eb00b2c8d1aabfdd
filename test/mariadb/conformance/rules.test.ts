import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, type Row, tell, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

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
