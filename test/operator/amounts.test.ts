import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytes, seconds } from '../../operator/amounts.ts'

test('a time span is the sum of its parts', () => {
  const part = fc.nat({ max: 99999 })
  fc.assert(
    fc.property(part, part, part, (h, m, s) => {
      expect(seconds(`${h}h${m}m${s}s`)).toBe(h * 3600 + m * 60 + s)
      expect(seconds(`${h}h${s}s`)).toBe(h * 3600 + s)
      expect(seconds(`${m}m`)).toBe(m * 60)
    }),
  )
})

test.each([
  ['20Mi', 20971520],
  ['500M', 500000000],
  ['1.5Gi', 1610612736],
  ['0', 0],
  ['2', 2],
  ['500m', 1],
  [1024, 1024],
])('%s is %i bytes', (size, expected) => {
  expect(bytes(size)).toBe(expected)
})
