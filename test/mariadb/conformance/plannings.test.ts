import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, type Row, stamp, type Target, tell, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const planning = { amount: '-850.1', dateStart: '2026-11-30T10:00:00+05:00', account_id: 1, category_id: 1, cycle_id: 5 }
const plan = {
  id: 2,
  dateImport: stamp,
  description: null,
  amount: '-850.1000000000',
  dateStart: '2026-11-30T10:00:00',
  dateEnd: null,
  account_id: 1,
  account_name: 'Giro',
  category_id: 1,
  category_name: 'Essen',
  cycle_id: 5,
  cycle_name: 'monatlich',
}
const wish = (says: string, changes: object, status: number, answer?: unknown): Row => [
  says,
  'POST /planning/',
  json({ ...planning, ...changes }),
  status,
  answer,
]
const missingPlan = detail('Planning with ID 99 not found')
const notFor = (target: Target, sent?: Row[2]): Row => [`what does not exist is 404: ${target}`, target, sent, 404, missingPlan]

describe('plannings', () => {
  testRows(
    () => database,
    [
      [
        'the cycles are a bare list by id',
        'GET /planning/cycles',
        undefined,
        200,
        ['einmalig', 'täglich', 'wöchentlich', '14-tägig', 'monatlich', 'vierteljährlich', 'halbjährlich', 'jährlich'].map((cycle, index) => ({
          id: index + 1,
          cycle,
        })),
      ],
      wish('a new one is 201, its offset dropped, its amount a text', {}, 201, plan),
      ['it has no entries yet', 'GET /planning/2/entries', undefined, 200, { planning_id: 2, entries: [], total: 0 }],
      wish('the same once more is refused', {}, 409),
      wish('an account has to exist', { account_id: 99 }, 409),
      wish('a category has to exist', { category_id: 99 }, 409),
      wish('a cycle has to exist', { cycle_id: 99 }, 409),
      wish('a cycle is a number', { cycle_id: 'monatlich' }, 422, issue('int_parsing', 'body', 'cycle_id')),
      wish('an amount is a number', { amount: true }, 422, issue('decimal_type', 'body', 'amount')),
      wish('an amount fits into its column', { amount: '12345678901' }, 422),
      wish('an amount that rounding takes beyond its column is refused', { amount: '9999999999.99999999999' }, 422),
      wish('an end is a date or null', { dateEnd: '' }, 422),
      wish('a description is a text', { description: 5 }, 422, issue('string_type', 'body', 'description')),
      wish('a start may be seconds', { dateStart: 1767225600 }, 201, { ...plan, id: expect.any(Number) as number, dateStart: '2026-01-01T00:00:00' }),
      wish('a start may be milliseconds', { dateStart: 1767225600123, amount: 1 }, 201, {
        ...plan,
        id: expect.any(Number) as number,
        amount: '1.0000000000',
        dateStart: '2026-01-01T00:00:00',
      }),
      wish('a start may be the last moment there is', { dateStart: '9999-12-31 23:59:59' }, 201, {
        ...plan,
        id: expect.any(Number) as number,
        dateStart: '9999-12-31T23:59:59',
      }),
      [
        'a list has its total and nothing of pages',
        'GET /planning/?page_size=1',
        undefined,
        200,
        { plannings: [expect.objectContaining({ dateStart: '9999-12-31T23:59:59' })], total: 5 },
      ],
      ['a list beyond its end is empty', 'GET /planning/?page=9', undefined, 200, { plannings: [], total: 5 }],
      ['a page is at least the first', 'GET /planning/?page=0', undefined, 422, issue('greater_than_equal', 'query', 'page')],
      ['a page has at most a thousand', 'GET /planning/?page_size=1001', undefined, 422, issue('less_than_equal', 'query', 'page_size')],
      ['one is changed as a whole', 'PUT /planning/2', json({ ...planning, description: 'Miete' }), 200, { ...plan, description: 'Miete' }],
      ['one is changed into itself', 'PUT /planning/2', json({ ...planning, description: 'Miete' }), 200, { ...plan, description: 'Miete' }],
      ['what a change leaves out is null', 'PUT /planning/2', json(planning), 200, plan],
      ['a change lacks something', 'PUT /planning/2', json({ amount: 1 }), 422, issue('missing', 'body', 'dateStart')],
      notFor('GET /planning/99'),
      notFor('PUT /planning/99', json(planning)),
      notFor('DELETE /planning/99'),
      notFor('GET /planning/99/entries'),
      notFor('POST /planning/99/entries/generate'),
      notFor('DELETE /planning/99/entries/1'),
      ['an entry that does not exist is 404', 'DELETE /planning/2/entries/1', undefined, 404, detail('Planning entry with ID 1 not found for planning 2')],
    ],
  )

  test('one that starts after every end has exactly one entry, and is deleted without a word', async () => {
    const [, list] = await tell(database, 'GET /planning/?page_size=1')
    const id = (list as { plannings: readonly { id: number }[] }).plannings[0]?.id ?? 0
    expect(await tell(database, `POST /planning/${id}/entries/generate`)).toEqual([
      200,
      { planning_id: id, entries: [{ id: expect.any(Number) as number, dateImport: stamp, dateValue: '9999-12-31T00:00:00', planning_id: id }], total: 1 },
    ])
    expect(await tell(database, `DELETE /planning/${id}`)).toEqual([204, ''])
  })
})
