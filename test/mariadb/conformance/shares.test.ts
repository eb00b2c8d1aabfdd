import { afterAll, beforeAll, describe } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, form, issue, json, pageRows, said, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const success = { status: 'success' }
const money = { investments: 0, proceeds: 0, net: 0, dividends: 0 }
const alpha = { id: 1, name: 'Alpha', isin: 'DE0000000001', wkn: 'AAA111', currentVolume: 2, currentPrice: 10, portfolioValue: 20, ...money }
const beta = { id: 2, name: null, isin: 'DE0000000002', wkn: null, currentVolume: 0, currentPrice: 0, portfolioValue: 0, ...money }
const paging = { page: 1, page_size: 20 }

describe('shares', () => {
  testRows(
    () => database,
    [
      ['are listed with what they are worth, those without a name first', 'GET /shares/', undefined, 200, { shares: [beta, alpha], ...paging, total: 2 }],
      ['are listed downwards, those without a name last', 'GET /shares/?sort_dir=DESC', undefined, 200, { shares: [alpha, beta], ...paging, total: 2 }],
      ['are found by their ISIN', 'GET /shares/?search=de_000%251', undefined, 200, { shares: [alpha], ...paging, total: 1 }],
      ['are found by their WKN', 'GET /shares/?search=aaa', undefined, 200, { shares: [alpha], ...paging, total: 1 }],
      ['are those in stock', 'GET /shares/?filter=in_stock', undefined, 200, { shares: [alpha], ...paging, total: 1 }],
      ['are those that lack something', 'GET /shares/?filter=incomplete', undefined, 200, { shares: [beta], ...paging, total: 1 }],
      ['are all for any other filter', 'GET /shares/?filter=some', undefined, 200, { shares: [beta, alpha], ...paging, total: 2 }],
      ['are ordered by value', 'GET /shares/?sort_by=portfolioValue&sort_dir=desc', undefined, 200, { shares: [alpha, beta], ...paging, total: 2 }],
      [
        'are ordered by name when dividends are asked for',
        'GET /shares/?sort_by=dividends&sort_dir=desc',
        undefined,
        200,
        { shares: [alpha, beta], ...paging, total: 2 },
      ],
      [
        'are ordered by name when the day of import is asked for',
        'GET /shares/?sort_by=dateImport',
        undefined,
        200,
        { shares: [beta, alpha], ...paging, total: 2 },
      ],
      ...pageRows('/shares/'),
      ['are created', 'POST /shares/', form({ isin: ' DE0000000003 ', name: 'Gamma', wkn: '' }), 200, { ...success, share_id: 3 }],
      ['are created from multipart, too', 'POST /shares/', { upload: { isin: 'DE0000000004' } }, 200, { ...success, share_id: 4 }],
      ['need an ISIN', 'POST /shares/', form({ name: 'X' }), 422, issue('missing', 'body', 'isin')],
      ['need an ISIN that is not empty', 'POST /shares/', form({ isin: '' }), 422, issue('missing', 'body', 'isin')],
      ['need an ISIN that is not blank', 'POST /shares/', form({ isin: '  ' }), 200, said('ISIN is required')],
      ['need an ISIN that is new', 'POST /shares/', form({ isin: 'de0000000001' }), 200, said('Share with this ISIN already exists')],
      ['need an ISIN that is short enough', 'POST /shares/', form({ isin: 'x'.repeat(13) }), 422, detail(/1406/)],
      ['need a WKN that is new', 'POST /shares/', form({ isin: 'X', wkn: 'aaa111' }), 409, detail(/1062/)],
      ['need a WKN that is short enough', 'POST /shares/', form({ isin: 'X', wkn: 'x'.repeat(7) }), 422, detail(/1406/)],
      ['are created by forms: JSON is an empty one', 'POST /shares/', json({ isin: 'DE0000000009' }), 422, issue('missing', 'body', 'isin')],
      ['lose what a change leaves out', 'PUT /shares/3', form({ isin: 'DE0000000003' }), 200, success],
      ['are changed, also when they do not exist', 'PUT /shares/99', form({ isin: 'DE0000000099' }), 200, success],
      ['are not changed into another', 'PUT /shares/3', form({ isin: 'DE0000000001' }), 409],
      ['are not changed without an ISIN', 'PUT /shares/3', form({ name: 'X' }), 422, issue('missing', 'body', 'isin')],
      ['stay while they have prices', 'DELETE /shares/1', undefined, 409, detail(/1451/)],
      ['go', 'DELETE /shares/3', undefined, 200, success],
      ['go again', 'DELETE /shares/3', undefined, 200, success],
    ],
  )
})
