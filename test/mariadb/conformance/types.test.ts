// What clients may write for a number, a yes, a date or an amount, and how they get it back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { issue, json, tell } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const planning = { amount: 1, dateStart: '2026-01-01', account_id: 1, category_id: 1, cycle_id: 5 }
const plan = async (changes: object) => tell(database, 'PUT /planning/1', json({ ...planning, ...changes }))
const got = (status: number, field: string, value: unknown) => [
  status,
  status === 200 ? expect.objectContaining({ [field]: value }) : issue(String(value), 'body', field),
]

describe('a date', () => {
  test.each([
    ['2026-02-03', 200, '2026-02-03T00:00:00'],
    ['2026-02-03T04:05', 200, '2026-02-03T04:05:00'],
    ['2026-02-03 04:05:06', 200, '2026-02-03T04:05:06'],
    ['2026-02-03T23:20:30+05:00', 200, '2026-02-03T23:20:30'],
    ['2026-02-03T23:20:30.75Z', 200, '2026-02-03T23:20:30'],
    ['2026-02-03t23:20:30.999999-0330', 200, '2026-02-03T23:20:30'],
    ['2024-02-29', 200, '2024-02-29T00:00:00'],
    ['1000-01-01', 200, '1000-01-01T00:00:00'],
    ['9999-12-31T23:59:59', 200, '9999-12-31T23:59:59'],
    ['1767225600', 200, '2026-01-01T00:00:00'],
    [1767225600, 200, '2026-01-01T00:00:00'],
    [1767225600000, 200, '2026-01-01T00:00:00'],
    [0, 200, '1970-01-01T00:00:00'],
    ['2023-02-29', 422, 'datetime_from_date_parsing'],
    ['2026-13-01', 422, 'datetime_from_date_parsing'],
    ['2026-02-03T24:00:00', 422, 'datetime_from_date_parsing'],
    ['0000-00-00', 422, 'datetime_from_date_parsing'],
    ['0000-00-00 00:00:00', 422, 'datetime_from_date_parsing'],
    ['10000-01-01', 422, 'datetime_from_date_parsing'],
    ['03.02.2026', 422, 'datetime_from_date_parsing'],
    ['', 422, 'datetime_from_date_parsing'],
    [1e20, 422, 'datetime_from_date_parsing'],
    [true, 422, 'datetime_type'],
    [null, 422, 'datetime_type'],
    [{}, 422, 'datetime_type'],
  ])('that is sent as %j is answered %d %s', async (sent, status, value) => {
    expect(await plan({ dateStart: sent })).toEqual(got(status, 'dateStart', value))
  })
})

describe('an amount', () => {
  test.each([
    [-12.34, 200, '-12.3400000000'],
    ['-12.34', 200, '-12.3400000000'],
    ['1e3', 200, '1000.0000000000'],
    ['.5', 200, '0.5000000000'],
    [' 7 ', 200, '7.0000000000'],
    ['+7', 200, '7.0000000000'],
    [0, 200, '0.0000000000'],
    ['-0', 200, '0.0000000000'],
    ['0.0000000001', 200, '0.0000000001'],
    ['0.00000000004', 200, '0.0000000000'],
    ['0.1234567890', 200, '0.1234567890'],
    ['9999999999.9999999999', 200, '9999999999.9999999999'],
    ['-9999999999.9999999999', 200, '-9999999999.9999999999'],
    ['10000000000', 422, 'decimal_whole_digits'],
    ['1,5', 422, 'decimal_parsing'],
    ['1.234,5', 422, 'decimal_parsing'],
    ['', 422, 'decimal_parsing'],
    ['NaN', 422, 'decimal_parsing'],
    ['Infinity', 422, 'decimal_parsing'],
    ['1e400', 422, 'decimal_whole_digits'],
    [null, 422, 'decimal_type'],
    [[1], 422, 'decimal_type'],
  ])('that is sent as %j is answered %d %s', async (sent, status, value) => {
    expect(await plan({ amount: sent })).toEqual(got(status, 'amount', value))
  })

  test('is exact to the last digit when it is sent as a text, and 0.1 + 0.2 is 0.3', async () => {
    const amounts = ['0.1', '0.2', '-0.3', '1234567890.0123456789']
    const [, body] = await tell(database, 'PUT /transactions/1/entries', json({ entries: amounts.map((amount) => ({ dateImport: '2024-01-01', amount })) }))
    expect((body as { entries: readonly { amount: string }[] }).entries.map(({ amount }) => amount)).toEqual([
      '0.1000000000',
      '0.2000000000',
      '-0.3000000000',
      '1234567890.0123456789',
    ])
    const [, report] = await tell(database, 'GET /accounts/summary?year=2024&account=Giro')
    expect((report as { rows: readonly { Gesamt: number }[] }).rows.map(({ Gesamt }) => Gesamt)).toEqual([
      1234570890.3123457,
      -0.3,
      Number('1234570890.0123457'),
    ])
  })
})

describe('a whole number', () => {
  test.each([
    [5, 200, 5],
    ['5', 200, 5],
    ['5.0', 200, 5],
    [5.0, 200, 5],
    [' 5 ', 200, 5],
    [true, 200, 1],
    [5.5, 422, 'int_from_float'],
    ['5.5', 422, 'int_parsing'],
    ['', 422, 'int_parsing'],
    ['fünf', 422, 'int_parsing'],
    [null, 422, 'int_type'],
    [[5], 422, 'int_type'],
    [1e30, 422, 'int_parsing_size'],
    ['99999999999999999999', 422, 'int_parsing_size'],
  ])('that is sent as %j is answered %d %s', async (sent, status, value) => {
    expect(await plan({ cycle_id: sent })).toEqual(got(status, 'cycle_id', value))
  })
})

describe('a yes', () => {
  test.each([
    ...[true, 1, '1', 'true', 'TRUE', 'yes', 'Yes', 'on', 't', 'y'].map((sent) => [sent, 200, true] as const),
    ...[false, 0, '0', 'False', 'no', 'OFF', 'f', 'n'].map((sent) => [sent, 200, false] as const),
    ...['', 'ja', 2, '2', 'true '].map((sent) => [sent, 422, 'bool_parsing'] as const),
    ...[null, [], {}].map((sent) => [sent, 422, 'bool_type'] as const),
  ])('that is sent as %j is answered %d %s', async (sent, status, value) => {
    const [told, body] = await tell(database, 'PUT /transactions/2/entries', json({ entries: [{ dateImport: '2024-01-01', amount: 1, checked: sent }] }))
    expect([told, body]).toEqual([
      status,
      status === 200
        ? expect.objectContaining({ entries: [expect.objectContaining({ checked: value })] })
        : issue(String(value), 'body', 'entries', 0, 'checked'),
    ])
  })
})

describe('a text', () => {
  test.each([
    ['', 200, ''],
    [5, 422, 'string_type'],
    [true, 422, 'string_type'],
    [['x'], 422, 'string_type'],
    [{}, 422, 'string_type'],
  ])('that is sent as %j is answered %d %s', async (sent, status, value) => {
    expect(await plan({ description: sent })).toEqual(got(status, 'description', value))
  })
})

test('every complaint has its kind, its place, its sentence and what was sent; all are told at once', async () => {
  const [status, body] = await tell(database, 'POST /planning/', json({ amount: 'x', dateStart: 'y', account_id: 1.5, category_id: 1, description: 7 }))
  const { detail } = body as { detail: readonly Record<string, unknown>[] }
  expect([status, detail.map(({ type, loc, input }) => [type, loc, input])]).toEqual([
    422,
    [
      ['string_type', ['body', 'description'], 7],
      ['decimal_parsing', ['body', 'amount'], 'x'],
      ['datetime_from_date_parsing', ['body', 'dateStart'], 'y'],
      ['int_from_float', ['body', 'account_id'], 1.5],
      ['missing', ['body', 'cycle_id'], { amount: 'x', dateStart: 'y', account_id: 1.5, category_id: 1, description: 7 }],
    ],
  ])
  expect(detail.every(({ msg }) => typeof msg === 'string' && msg !== '')).toBe(true)
})

test('what is not ASCII is answered as it is, without spaces between', async () => {
  const { body, headers } = await database.inject({ url: '/api/categories/2' })
  expect([body, headers['content-type']]).toEqual(['{"id":2,"name":"Gebäck","parent_id":1}', 'application/json; charset=utf-8'])
})
