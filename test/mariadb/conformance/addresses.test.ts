// What nobody writes down and everybody expects: odd input is refused in a sentence, or means what it says, and harms nobody.
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { issue, json, tell } from './rows.ts'
import { all, methodOf, requestOf, samples } from './samples.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const withIds = all.filter((operation) => operation.includes('/:'))
/** The sample with another id. */
const about = async (operation: (typeof all)[number], id: string): Promise<InjectOptions> => ({
  ...(await requestOf(operation)),
  url: operation.split(' ')[1]?.replace(':entry', id).replace(':id', id) ?? '',
})
/** A rule is named by any text. */
const named = (operation: string) => operation.includes('/rules/')

describe('ids', () => {
  test.each(['9223372036854775807', '9223372036854775808', '18446744073709551616', '9'.repeat(400), '-9223372036854775809'])(
    'the id %s, which no row of ours can have, is refused as too large or has nothing behind it',
    async (id) => {
      for (const operation of withIds.filter((one) => !named(one))) {
        const { statusCode, body } = await database.inject(await about(operation, id))
        expect([operation, statusCode, body]).toEqual([operation, 422, expect.stringContaining('"int_parsing_size"')])
      }
    },
  )

  test.each(['x', '1.5', '1e3', '0x1', 'NaN', 'null', 'true', '%00', '%F0%9F%98%80', '%D9%A1', "1'--", '%0d%0aSet-Cookie:%20a=b'])(
    'the id %s, which is no number, is refused, and nothing of it becomes a header',
    async (id) => {
      for (const operation of withIds.filter((one) => !named(one))) {
        const { statusCode, body, headers } = await database.inject(await about(operation, id))
        expect([operation, statusCode, body, headers['set-cookie']]).toEqual([operation, 422, expect.stringContaining('"int_parsing"'), undefined])
      }
    },
  )

  test.each(['2147483648', '9007199254740991', '-0'])('the id %s, which nobody has, is missing, or was gone already', async (id) => {
    for (const operation of withIds.filter((one) => !named(one))) {
      const { statusCode } = await database.inject(await about(operation, id))
      // an account's id is above 0; shares are changed and deleted without asking whether they exist
      const expected = id === '-0' && operation.includes('/accounts/') ? [422] : /DELETE .*accounts|shares/.test(operation) ? [200] : [404]
      expect([operation, expected]).toEqual([operation, expect.arrayContaining([statusCode])])
    }
  })

  test('an id that is longer than an address may be is told in a sentence that does not repeat it', async () => {
    for (const operation of withIds) {
      const { statusCode, body } = await database.inject(await about(operation, 'x'.repeat(501)))
      expect([operation, statusCode, JSON.parse(body)]).toEqual([
        operation,
        414,
        { detail: 'A part of the address is longer than any name or number here; shorten it.' },
      ])
    }
  })

  test('a rule may be named by anything that fits into an address, and is found by it', async () => {
    const rule = { name: 'R', conditions: [{ id: 1, type: 'contains', columnName: 'iban' }], category: 1 }
    for (const id of ['a/b', 'ä ö?&#%', '🏠', '__proto__', '1%20', 'x'.repeat(500)]) {
      expect((await tell(database, 'POST /category-automation/rules', json({ ...rule, id })))[0]).toBe(200)
      const path = `/category-automation/rules/${encodeURIComponent(id)}` as const
      expect(await tell(database, `GET ${path}`)).toMatchObject([200, { id }])
      expect(await tell(database, `DELETE ${path}`)).toEqual([200, { message: 'Rule deleted successfully.', id }])
    }
    expect(await tell(database, 'POST /category-automation/rules', json({ ...rule, id: 'x'.repeat(501) }))).toEqual([
      422,
      issue('string_too_long', 'body', 'id'),
    ])
  })
})

describe('addresses', () => {
  const status = async (method: 'GET' | 'HEAD' | 'OPTIONS' | 'PATCH' | 'POST' | 'PUT' | 'DELETE', url: string) => {
    const { statusCode, body } = await database.inject({ method, url })
    return [statusCode, body === '' ? '' : (JSON.parse(body) as unknown)]
  }

  test('of every operation the other methods are 405, GET and HEAD are 404', async () => {
    const paths = new Map<string, string[]>()
    for (const operation of all) {
      const path = samples[operation].url.replace(/\?.*/, '')
      paths.set(path.replace(/\/$/, ''), [...(paths.get(path.replace(/\/$/, '')) ?? []), methodOf(operation)])
    }
    for (const [path, known] of paths) {
      // what stands where an id could stand is one for the other methods
      if (
        /\/(?:list|income|expenses|summary|hierarchy|cycles|history|transactions|import-formats|import-yaml|checked|mark-checked|auto-categorize|import|import-csv|upload-yaml|generate|auto-fill|accounting-entries|\d+)$/.test(
          path,
        )
      )
        continue
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'DELETE'] as const) {
        if (known.includes(method) || path.endsWith('/rule-1') || path.endsWith('/rule-2')) continue
        const missing = method === 'GET' || method === 'HEAD'
        const body = method === 'HEAD' ? '' : { detail: missing ? 'Not Found' : 'Method Not Allowed' }
        expect([method, path, ...(await status(method, path))]).toEqual([method, path, missing ? 404 : 405, body])
      }
    }
  })

  test('every operation is found with and without a slash at its end', async () => {
    for (const operation of all.filter((one) => methodOf(one) === 'GET' && !one.endsWith('*'))) {
      const [path = '', query = ''] = samples[operation].url.split('?')
      const other = `${path.endsWith('/') ? path.slice(0, -1) : `${path}/`}${query && `?${query}`}`
      const [one, two] = [await database.inject({ url: samples[operation].url }), await database.inject({ url: other })]
      expect([operation, two.statusCode]).toEqual([operation, one.statusCode])
    }
  })

  test.each([
    ['/api', 404],
    ['/api/', 404],
    ['/api/nothing', 404],
    ['/API/categories/', 404],
    ['/api//categories/', 404],
    ['/api/categories;x=1', 404],
    ['/api/categories/?page[]=x', 200],
    ['/api/categories/?__proto__=1&constructor=2', 200],
    ['/api/categories/?', 200],
    ['/api/transactions/?search=%zz', 200],
    ['/api/transactions/?search=%ff', 200],
    ['/api/%zz', 400],
    [`/api/transactions/?search=${'x'.repeat(5_000)}`, 200],
    ['/api/docs/%2e%2e%2fREADME.md', 403],
    ['/api/docs/..%5cREADME.md', 403],
    ['/api/docs/install.md%00.md', 404],
    ['/api/docs/decisions', 403],
    ['/api/docs/decisions.md', 404],
    ['/api/docs/%2fetc%2fpasswd.md', 404],
  ])('%s is %d', async (url, expected) => {
    expect((await database.inject({ url })).statusCode).toBe(expected)
  })
})
