import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rangesOf } from '../../../api/db/noted-changes.ts'

const ids = fc
  .uniqueArray(fc.bigInt({ min: 0n, max: 40n }), { maxLength: 30 })
  .map((some) => some.map((id) => id + 102_181_337_124_831_232n).toSorted((one, other) => (one < other ? -1 : 1)))

test('ranges hold exactly the numbers given, and as few as can be', () => {
  fc.assert(
    fc.property(ids, (given) => {
      const ranges = rangesOf(given)
      expect(ranges.flatMap(([first, last]) => Array.from({ length: Number(last - first) + 1 }, (_, step) => first + BigInt(step)))).toEqual(given)
      for (const [index, [first]] of ranges.entries()) if (index > 0) expect(first - (ranges[index - 1]?.[1] ?? first)).toBeGreaterThan(1n)
    }),
  )
})
