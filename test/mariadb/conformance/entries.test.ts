import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { bread, detail, issue, json, tell, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const entry = { dateImport: '2024-01-01', amount: '-1.5' }
const put = (body: unknown) => tell(database, 'PUT /transactions/1/entries', json(body))

describe('the entries', () => {
  testRows(
    () => database,
    [
      ['each needs its date', 'PUT /transactions/1/entries', json({ entries: [{ amount: 1 }] }), 422, issue('missing', 'body', 'entries', 0, 'dateImport')],
      [
        'each needs its amount',
        'PUT /transactions/1/entries',
        json({ entries: [entry, { dateImport: '2024-01-01' }] }),
        422,
        issue('missing', 'body', 'entries', 1, 'amount'),
      ],
      [
        'an amount with a comma is none',
        'PUT /transactions/1/entries',
        json({ entries: [{ ...entry, amount: '1,5' }] }),
        422,
        issue('decimal_parsing', 'body', 'entries', 0, 'amount'),
      ],
      [
        'a name of a category is a text',
        'PUT /transactions/1/entries',
        json({ entries: [{ ...entry, category_name: 5 }] }),
        422,
        issue('string_type', 'body', 'entries', 0, 'category_name'),
      ],
      [
        'a name that is too long for a category is refused',
        'PUT /transactions/1/entries',
        json({ entries: [{ ...entry, category_name: 'x'.repeat(129) }] }),
        422,
      ],
      ['a name that the table cannot hold is refused', 'PUT /transactions/1/entries', json({ entries: [{ ...entry, category_name: '🍞' }] }), 422],
      ['without a list it is refused', 'PUT /transactions/1/entries', json({}), 422, issue('missing', 'body', 'entries')],
      ['without a body it is refused', 'PUT /transactions/1/entries', undefined, 422, issue('missing', 'body')],
      [
        'those of a transaction that does not exist are 404',
        'PUT /transactions/4/entries',
        json({ entries: [entry] }),
        404,
        detail('Transaction with ID 4 not found'),
      ],
      ['nothing of what was refused has changed anything', 'GET /transactions/1', undefined, 200, bread],
    ],
  )

  test('an id of another transaction is an entry to add, and the other one keeps its own', async () => {
    const [status, body] = await put({ entries: [{ ...entry, id: 2 }] })
    expect([status, (body as typeof bread).entries]).toEqual([
      200,
      [expect.objectContaining({ id: 4, amount: '-1.5000000000', category: null, category_name: null })],
    ])
    expect((await tell(database, 'GET /transactions/2'))[1]).toMatchObject({ entries: [{ id: 2 }] })
  })

  test('more than one statement holds are added in order and changed each to its own; of an id that is there twice the last counts', async () => {
    interface Stored {
      readonly entries: readonly { readonly id: number; readonly amount: string; readonly checked: boolean | number }[]
    }
    const of = (amounts: readonly string[]) => amounts.map((amount) => `${amount}.0000000000`)
    const amounts = Array.from({ length: 1_201 }, (_, index) => String(index - 600))
    const [, added] = await put({ entries: amounts.map((amount) => ({ ...entry, amount })) })
    const stored = (added as Stored).entries
    expect(stored.map(({ amount }) => amount)).toEqual(of(amounts))
    const others = stored.map(({ id }, index) => ({ ...entry, id, amount: String(index * 3), checked: index % 2 === 1 }))
    const [status, changed] = await put({ entries: [{ ...others[0], amount: '7', checked: true }, ...others] })
    expect(status).toBe(200)
    expect((changed as Stored).entries.map(({ id, amount, checked }) => [id, amount, Boolean(checked)])).toEqual(
      others.map(({ id, amount, checked }) => [id, `${amount}.0000000000`, checked]),
    )
    await put({ entries: [] })
  })

  test('a name is looked for as a plain one, as a full one and from the top down before it becomes a category', async () => {
    await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name, category) VALUES (10, NOW(), 'A - B', NULL), (11, NOW(), 'C', 10)`)
    const names = ['gebäck', 'Essen - Gebäck', 'A - B', 'A - B - C', '', null, 'Ganz - Neu']
    const [status, body] = await put({ entries: names.map((category_name) => ({ ...entry, category_name })) })
    const found = (body as { entries: readonly { category: number | null; category_name: string | null }[] }).entries.map((one) => [
      one.category,
      one.category_name,
    ])
    expect([status, found]).toEqual([
      200,
      [
        [2, 'Essen - Gebäck'],
        [2, 'Essen - Gebäck'],
        [10, 'A - B'],
        [11, 'A - B - C'],
        [null, null],
        [null, null],
        [12, 'Ganz - Neu'],
      ],
    ])
    expect((await tell(database, 'GET /categories/12'))[1]).toEqual({ id: 12, name: 'Ganz - Neu', parent_id: null })
  })

  test('planned is stored as a planning that exists, or as nothing', async () => {
    const planned = async () => ((await put({ entries: [{ ...entry, accountingPlanned: true }, entry] }))[1] as { entries: readonly object[] }).entries
    expect(await planned()).toMatchObject([{ accountingPlanned: 1 }, { accountingPlanned: null }])
    await database.db.run(sql`UPDATE tbl_accountingEntry SET accountingPlanned = NULL`)
    await database.db.run(sql`DELETE FROM tbl_planningEntry`)
    await database.db.run(sql`DELETE FROM tbl_planning`)
    expect(await planned()).toMatchObject([{ accountingPlanned: null }, { accountingPlanned: null }])
  })

  test('the sum of the entries is nobody’s business here', async () => {
    expect((await put({ entries: [{ ...entry, amount: 7 }] }))[1]).toMatchObject({ amount: '-1.5000000000', entries: [{ amount: '7.0000000000' }] })
  })
})
