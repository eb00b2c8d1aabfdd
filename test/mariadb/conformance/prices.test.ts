import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, form, issue, pageRows, said, stamp, tell, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const success = { status: 'success' }
const of = { share: 1, share_name: 'Alpha', isin: 'DE0000000001', wkn: 'AAA111' }
const paging = { page: 1, page_size: 20 }

const price = { isin: 'DE0000000001', date: '2024-02-29', amount: '11.50' }
const day = { id: 1, dateImport: stamp, amount: 10, date: '2024-01-31T00:00:00', checked: 0, ...of }

describe('prices', () => {
  const path = '/shares/history'
  testRows(
    () => database,
    [
      [
        'are listed, checked as 0 or 1; a share that is asked for is ignored',
        `GET ${path}?share_id=2`,
        undefined,
        200,
        { history: [day], ...paging, total: 1 },
      ],
      ['are created', `POST ${path}`, form(price), 200, { ...success, message: 'History entry created successfully' }],
      ['are one a day', `POST ${path}`, form({ ...price, date: '2024-02-29T18:00:00' }), 200, said('History entry for this share and date already exists')],
      ['need a share that exists', `POST ${path}`, form({ ...price, isin: 'X' }), 200, said('Share with ISIN X not found')],
      ['need a day that exists', `POST ${path}`, form({ ...price, date: '2023-02-29' }), 200, said(/2023-02-29/)],
      ['need no day of zeros', `POST ${path}`, form({ ...price, date: '0000-00-00' }), 200, said(/0000-00-00/)],
      ['need an amount', `POST ${path}`, form({ isin: price.isin, date: price.date }), 422, issue('missing', 'body', 'amount')],
      ['need an amount with a point', `POST ${path}`, form({ ...price, amount: '1,5' }), 422],
      [
        'are newest first',
        `GET ${path}`,
        undefined,
        200,
        { history: [expect.objectContaining({ id: 2, amount: 11.5, date: '2024-02-29T00:00:00' }), day], ...paging, total: 2 },
      ],
      [
        'are oldest first when asked for',
        `GET ${path}?sort_dir=asc&sort_by=date`,
        undefined,
        200,
        { history: [day, expect.objectContaining({ id: 2 })], ...paging, total: 2 },
      ],
      ['are checked by themselves', `PUT ${path}/1/checked`, form({}), 200, success],
      [
        'are those unchecked',
        `GET ${path}?checked=unchecked`,
        undefined,
        200,
        { history: [expect.objectContaining({ id: 2, checked: 0 })], ...paging, total: 1 },
      ],
      ['are all for any other word', `GET ${path}?checked=checked`, undefined, 200, expect.objectContaining({ total: 2 })],
      ['are unchecked by themselves', `PUT ${path}/1/checked`, form({ checked: 'off' }), 200, success],
      ['are checked by yes or no', `PUT ${path}/1/checked`, form({ checked: 'maybe' }), 422, issue('bool_parsing', 'body', 'checked')],
      ['are found by their share', `GET ${path}?search=alph`, undefined, 200, expect.objectContaining({ total: 2 })],
      ['are changed', `PUT ${path}/2`, form({ ...price, amount: '12', checked: 'yes' }), 200, success],
      ['are changed, also when they do not exist', `PUT ${path}/99`, form({ ...price, date: '2024-03-31' }), 200, success],
      [
        'are not changed to a day that has one',
        `PUT ${path}/2`,
        form({ ...price, date: '2024-01-31' }),
        409,
        detail('History entry for this share and date already exists'),
      ],
      ['are not changed to a share that does not exist', `PUT ${path}/2`, form({ ...price, isin: 'X' }), 200, said('Share with ISIN X not found')],
      ['are not changed to no day', `PUT ${path}/2`, form({ ...price, date: 'gestern' }), 200, said(/gestern/)],
      ['go', `DELETE ${path}/2`, undefined, 200, success],
      ['go again', `DELETE ${path}/2`, undefined, 200, success],
      ...pageRows(path),
    ],
  )

  test('auto-fill says how many it made, and how many were there', async () => {
    const [status, body] = await tell(database, `POST ${path}/auto-fill`)
    const { created, skipped } = body as { created: number; skipped: number }
    expect([status, body, skipped]).toEqual([200, { ...success, created: expect.any(Number) as number, skipped: 1 }, 1])
    expect(await tell(database, `POST ${path}/auto-fill`)).toEqual([200, { ...success, created: 0, skipped: created + 1 }])
  })
})
