import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoff, reconcileBackoff, watchBackoff } from '../../../operator/runtime/backoff.ts'

test('a back-off never shrinks with failures, starts at the first time and ends at the longest', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(reconcileBackoff, watchBackoff),
      fc.nat(1000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (range, failures, random) => {
        const wait = backoff(range, failures, random)
        expect(wait).toBeLessThanOrEqual(range.longestMilliseconds)
        expect(wait).toBeGreaterThanOrEqual(range.firstMilliseconds)
        expect(backoff(range, failures + 1, random)).toBeGreaterThanOrEqual(wait)
      },
    ),
  )
  expect([backoff(reconcileBackoff, 0, 0), backoff(reconcileBackoff, 100, 0)]).toEqual([5, 1_000_000])
  expect([backoff(watchBackoff, 0, 0), backoff(watchBackoff, 100, 0)]).toEqual([800, 30_000])
})
