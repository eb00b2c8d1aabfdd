import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Look, lookAgain, mostOf } from '../../../api/limits/division.ts'

const look = fc.record({ pause: fc.integer({ min: 1, max: 30 }), live: fc.integer({ min: 1, max: 9 }) })

test('the most replicas that a look of the last ten seconds has shown count, and each look holds until the next', () =>
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 20 }), (steps) => {
      const made: Look[] = []
      let kept: readonly Look[] = []
      let at = 0
      for (const { pause, live } of steps) {
        at += pause
        made.push({ at, all: live, own: 1 })
        kept = lookAgain(kept, { at, all: live, own: 1 }, 10)
        const moments = Array.from({ length: 11 }, (_, second) => at - 10 + second)
        const seen = moments.flatMap((moment) => made.findLast((one) => one.at <= moment)?.all ?? [])
        expect(mostOf(kept, 'all')).toBe(Math.max(...seen))
      }
      expect(kept.length).toBeLessThanOrEqual(12)
    }),
  ))
