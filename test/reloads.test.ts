import { expect, test } from 'vitest'
import { reloadsOf } from './reloads.ts'

test('without settings there are four reloads and 2,000 requests; both may be given', () => {
  expect(reloadsOf({})).toEqual({ reloads: 4, requests: 2_000 })
  expect(reloadsOf({ FINIA_RELOADS: '20', FINIA_REQUESTS: '10000' })).toEqual({ reloads: 20, requests: 10_000 })
})

test.each([
  [{ FINIA_RELOADS: '0' }, 'FINIA_RELOADS is "0": give a whole number from 1 to 1000'],
  [{ FINIA_RELOADS: 'many' }, 'FINIA_RELOADS is "many": give a whole number from 1 to 1000'],
  [{ FINIA_RELOADS: '' }, 'FINIA_RELOADS is "": give a whole number from 1 to 1000'],
  [{ FINIA_REQUESTS: '1e3' }, 'FINIA_REQUESTS is "1e3": give a whole number from 1 to 1000000'],
  [{ FINIA_REQUESTS: '1000001' }, 'FINIA_REQUESTS is "1000001": give a whole number from 1 to 1000000'],
])('%o is refused with a sentence', (settings, sentence) => {
  expect(() => reloadsOf(settings)).toThrow(new Error(sentence))
})
