import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { form, tell, testRows, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const success = { status: 'success' }
const paging = { page: 1, page_size: 20 }
describe('files of shares', () => {
  const imported = (first: number, skipped: number, errors: readonly unknown[] = []) => ({
    ...success,
    imported: first,
    skipped,
    errors,
    total_errors: errors.length,
  })
  testRows(
    () => database,
    [
      [
        'prices are read by position, in German numbers',
        'POST /shares/import/history',
        upload('was auch immer\nDE0000000002;01.02.2023;7173.91304\nAAA111;1.2.2023;1.234,5\n'),
        200,
        imported(2, 0),
      ],
      ['a day that has a price is skipped without an error', 'POST /shares/import/history', upload('a;b;c\nAAA111;01.02.2023;1\n'), 200, imported(0, 1)],
      ['an ISIN that is unknown becomes a share', 'POST /shares/import/history', upload('a;b;c\nDE0000000077;01.02.2023;1\n'), 200, imported(1, 0)],
      [
        'a WKN that is unknown is an error',
        'POST /shares/import/history',
        upload('a;b;c\nZZZ999;01.02.2023;1\n'),
        200,
        imported(0, 1, [expect.stringMatching(/^Row 2: .*ZZZ999/)]),
      ],
      [
        'a price needs all its cells',
        'POST /shares/import/history',
        upload('a;b;c\n;01.02.2023;1\nAAA111;;1\n\nAAA111;01.02.2023;\n'),
        200,
        imported(0, 3, ['Row 2: Missing required fields', 'Row 3: Missing required fields', 'Row 5: Missing required fields']),
      ],
      ['a transaction without a volume is a dividend', 'POST /shares/import/transactions', upload('a;b;c\nAAA111;01.02.2023;\n'), 200, imported(1, 0)],
      [
        'a transaction needs share and day',
        'POST /shares/import/transactions',
        upload('a;b;c\n;;1\n'),
        200,
        imported(0, 1, ['Row 2: Missing ISIN/WKN or Datum']),
      ],
      ['a transaction that is there is skipped', 'POST /shares/import/transactions', upload('a;b;c\nAAA111;01.02.2023;0\n'), 200, imported(0, 1)],
      [
        'a day that does not exist is an error',
        'POST /shares/import/transactions',
        upload('a;b;c\nAAA111;31.02.2023;1\n'),
        200,
        imported(0, 1, [expect.stringMatching(/^Row 2: /)]),
      ],
      ['a file with nothing but its first line has nothing', 'POST /shares/import/history', upload('a;b;c'), 200, imported(0, 0)],
      ['a file is needed', 'POST /shares/import/history', form({ file: 'x' }), 422],
      [
        'numbers are stored as the Germans mean them',
        'GET /shares/history?search=DE0000000002',
        undefined,
        200,
        { history: [expect.objectContaining({ amount: 717391304, date: '2023-02-01T00:00:00', checked: 0 })], ...paging, total: 1 },
      ],
    ],
  )

  test('of many errors ten are told, and all are counted', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `;;${index}\n`).join('')
    const [status, body] = await tell(database, 'POST /shares/import/transactions', upload(`a;b;c\n${lines}`))
    const { errors, ...rest } = body as { errors: readonly string[] }
    expect([status, errors.length, rest]).toEqual([200, 10, { ...success, imported: 0, skipped: 12, total_errors: 12 }])
  })
})
