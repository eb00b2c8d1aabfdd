// What nobody writes down and everybody expects: odd input is refused in a sentence, or means what it says, and harms nobody.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, tell } from './rows.ts'
import { all, methodOf, requestOf, samples } from './samples.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const raw = (payload: string | Buffer, headers: Record<string, string> = { 'content-type': 'application/json' }, url = '/api/categories/') =>
  database.inject({ method: 'POST', url, headers, payload })
const seen = async (answer: ReturnType<typeof raw>): Promise<readonly unknown[]> => {
  const { statusCode, body } = await answer
  return [statusCode, JSON.parse(body) as unknown]
}
const formOf = (payload: string) => raw(payload, { 'content-type': 'application/x-www-form-urlencoded' }, '/api/shares/')
const format = (config: string) => raw(`{"name":"f","config":${config}}`, undefined, '/api/settings/import-formats')

describe('bodies', () => {
  test('of a key that is there twice the last one counts', async () => {
    expect(await seen(raw('{"name":"eins","name":"zwei"}'))).toEqual([200, expect.objectContaining({ name: 'zwei' })])
  })

  test('of a field that is sent twice the last one counts, in either kind of form', async () => {
    expect(await seen(formOf('isin=A1&isin=A2'))).toMatchObject([200, { status: 'success' }])
    const part = (text: string) => `--x\r\nContent-Disposition: form-data; name="isin"\r\n\r\n${text}\r\n`
    expect(await seen(raw(`${part('M1')}${part('M2')}--x--\r\n`, { 'content-type': 'multipart/form-data; boundary=x' }, '/api/shares/'))).toMatchObject([
      200,
      { status: 'success' },
    ])
    expect(await tell(database, 'GET /shares/?search=A1&filter=incomplete')).toMatchObject([200, { total: 0 }])
    expect(await tell(database, 'GET /shares/?search=M1')).toMatchObject([200, { total: 0 }])
    expect(await seen(formOf('isin=A7&isin='))).toEqual([422, issue('missing', 'body', 'isin')])
  })

  test('__proto__ is a key like any other: stored, answered, and of no effect', async () => {
    const config = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'
    const answer = await format(config)
    expect([answer.statusCode, answer.body.includes(config), ({} as { admin?: boolean }).admin]).toEqual([200, true, undefined])
    const id = answer.json<{ id: number }>().id
    expect((await database.inject({ url: '/api/settings/import-formats' })).body).toContain(config)
    await database.inject({ method: 'DELETE', url: `/api/settings/import-formats/${id}` })
    expect(await seen(raw('{"__proto__":{"name":"x"}}'))).toEqual([422, issue('missing', 'body', 'name')])
  })

  test('JSON that is nested more deeply than the database takes is refused in a sentence', async () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect((await format(nested(30))).statusCode).toBe(200)
    for (const levels of [31, 5_000, 100_000])
      expect(await seen(format(nested(levels)))).toEqual([400, detail('config is nested more than 30 deep; write it flatter')])
    expect((await raw('['.repeat(200_000))).statusCode).toBe(422)
  })

  test('a list that is wrong throughout is told in few complaints, not in many times its length', async () => {
    const answer = await database.inject({
      method: 'PUT',
      url: '/api/transactions/1/entries',
      headers: { 'content-type': 'application/json' },
      payload: `{"entries":[${'{},'.repeat(340_000)}{}]}`,
    })
    expect([answer.statusCode, answer.json<{ detail: readonly unknown[] }>().detail.length, answer.body.length < 20_000]).toEqual([422, 100, true])
    expect((await raw(`{"transaction_ids":[${'1,'.repeat(400_000)}1]}`, undefined, '/api/transactions/mark-checked')).statusCode).toBe(200)
  })

  test.each([
    ['a byte order mark before it', '\ufeff{"name":"BOM"}', 200],
    ['NaN in it', '{"name":NaN}', 422],
    ['a comma too many', '{"name":"x",}', 422],
    ['nothing but null', 'null', 422],
    ['nothing but a text', '"x"', 422],
    ['nothing but blanks', '  \n', 422],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), 422],
  ])('JSON with %s', async (_what, payload, expected) => {
    expect((await raw(payload)).statusCode).toBe(expected)
  })

  test.each([
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['text/plain', 422],
    ['application/x-www-form-urlencoded', 422],
    ['multipart/form-data; boundary=x', 422],
    ['application/xml', 422],
    ['', 422],
    ['nonsense', 415],
  ])('JSON that is sent as "%s" is %d', async (type, expected) => {
    expect((await raw(`{"name":"Sorte ${type}"}`, type === '' ? {} : { 'content-type': type })).statusCode).toBe(expected)
  })

  test('an empty body that is announced as JSON is none, wherever none is needed', async () => {
    const house = await aHousehold()
    for (const operation of all) {
      const request = await requestOf(operation)
      const empty = request.payload === undefined
      const { statusCode } = await house.inject(
        empty ? { ...request, headers: { 'content-type': 'application/json' }, ...(methodOf(operation) !== 'GET' && { payload: '' }) } : request,
      )
      expect([operation, statusCode]).toEqual([operation, samples[operation].status])
    }
    await house.close()
  })

  test('a form is taken for what it is whatever it is announced as: a refusal, never a failure', async () => {
    const forms = all.filter((operation) => samples[operation].form)
    for (const operation of forms) {
      const request = await requestOf(operation)
      for (const type of [
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'multipart/form-data; boundary=other',
      ]) {
        const { statusCode } = await database.inject({ ...request, headers: { 'content-type': type } })
        // nothing is needed of a form that has nothing but a yes
        const allowed = operation.endsWith('/checked') ? [200, 400, 422] : [400, 422]
        expect([operation, type, allowed]).toEqual([operation, type, expect.arrayContaining([statusCode])])
      }
    }
  })

  test('forms without a file are taken urlencoded as well', async () => {
    const house = await aHousehold()
    for (const operation of all.filter((one) => Object.values(samples[one].form ?? {}).every((value) => typeof value === 'string'))) {
      const { statusCode } = await house.inject(await requestOf(operation, true))
      expect([operation, statusCode]).toEqual([operation, samples[operation].status])
    }
    await house.close()
  })
})

describe('texts', () => {
  test.each([
    '\u0000',
    'a\r\nSet-Cookie: b=c',
    "'; DROP TABLE tbl_category; -- ",
    '\\',
    '%',
    '_',
    '<script>alert(1)</script>',
    '{{7*7}}',
    'ﬁ ß ẞ İ',
    'e\u0301',
    '\u202e',
    'x'.repeat(128),
  ])('the text %j is stored as it is, found by itself, and is nothing but a text', async (name) => {
    const [status, body] = await tell(database, 'POST /categories/', json({ name: `~${name}`.slice(0, 128) }))
    expect([status, (body as { name: string }).name]).toEqual([200, `~${name}`.slice(0, 128)])
    const { id } = body as { id: number }
    expect((await tell(database, `GET /categories/${id}`))[1]).toMatchObject({ name: `~${name}`.slice(0, 128) })
    await tell(database, `DELETE /categories/${id}`)
  })

  test('what the tables cannot hold is refused wherever a text is stored', async () => {
    const put = (changes: object) =>
      json({ name: 'Neu', iban_accountNumber: 'N', bic_market: '', type: 1, startAmount: 0, dateStart: '2026-01-01', ...changes })
    const refusals = [
      await tell(database, 'POST /categories/', json({ name: '🏠' })),
      await tell(database, 'POST /accounts/', put({ name: '🏠' })),
      await tell(database, 'POST /accounts/', put({ bic_market: '🏠' })),
      await tell(database, 'POST /planning/', json({ description: '🏠', amount: 1, dateStart: '2026-01-01', account_id: 1, category_id: 1, cycle_id: 1 })),
      await tell(database, 'POST /shares/', { form: { isin: 'N', name: '🏠' } }),
      await tell(database, 'POST /settings/account-types', json({ type: '🏠' })),
      await tell(database, 'POST /settings/planning-cycles', json({ cycle: '🏠', periodValue: 1, periodUnit: 'd' })),
      await tell(database, 'PUT /transactions/1/entries', json({ entries: [{ dateImport: '2024-01-01', amount: 1, category_name: '🏠' }] })),
    ].map(([status]) => status)
    expect(refusals).toEqual(Array(8).fill(422))
  })

  test('and is searched for without a failure', async () => {
    const paths = [
      '/transactions/?search=',
      '/accounts/list?search=',
      '/shares/?search=',
      '/shares/history?search=',
      '/shares/transactions?search=',
      '/accounts/summary?year=2024&account=',
    ] as const
    for (const path of paths)
      for (const text of ['🏠', '\u0000', '\\', "'", '%', '_', '%%%%', '\ud800', ' ', 'x'.repeat(3_000)])
        expect([path, text, (await tell(database, `GET ${path}${encodeURIComponent(text.toWellFormed())}` as 'GET /'))[0]]).toEqual([path, text, 200])
  })
})
