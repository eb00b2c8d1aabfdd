import { afterAll, beforeAll, expect, test } from 'vitest'
import { operations } from '../../api/app/operations.ts'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { all, methodOf, publicOperations, requestOf, samples, terseOperations } from './samples.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

test('each of the 106 operations succeeds as documented, in the documented kind of content', async () => {
  const house = await aHousehold()
  const answers = []
  for (const operation of all) {
    const { statusCode, headers, body } = await house.inject(await requestOf(operation))
    answers.push([operation, statusCode, statusCode === 204 ? body : (headers['content-type'] ?? '').toString().split(';')[0]])
  }
  await house.close()
  const kind = (operation: string) =>
    operation === 'POST /api/setup/migrations/apply' ? 'text/event-stream' : operation === 'GET /api/docs/*' ? 'text/plain' : 'application/json'
  expect(all.toSorted()).toEqual(operations.toSorted())
  expect(answers).toEqual(all.map((operation) => [operation, samples[operation].status, samples[operation].status === 204 ? '' : kind(operation)]))
})

const cases = [
  ['no header', {}, 'Authentication required. Please sign in.', 'Authentication required.', 'Bearer'],
  ['garbage', { authorization: 'Bearer garbage' }, 'Invalid token.', 'Invalid token.', undefined],
] as const

test.each(cases)(
  'with %s every operation that is not public is 401 before anything of the request is looked at',
  async (_what, headers, long, terse, challenge) => {
    const answers = []
    const guarded = all.filter((operation) => !publicOperations.includes(operation))
    for (const operation of guarded) {
      const url = samples[operation].url.replace(/\?.*/, '').replace(/\/\d+(?=\/|$)/g, '/no-number')
      const request = { method: methodOf(operation), url: `${url}?page=x&year=x`, headers: { ...headers, 'content-type': 'application/json' } }
      const answer = await database.app.inject({ ...request, ...(methodOf(operation) !== 'GET' && { payload: '{"broken' }) })
      answers.push([operation, answer.statusCode, answer.json(), answer.headers['www-authenticate']])
    }
    expect(answers).toEqual(guarded.map((operation) => [operation, 401, { detail: terseOperations.includes(operation) ? terse : long }, challenge]))
  },
)
