import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heldMonthEnds, lastMonthEnd, type Movement } from '../../../api/shares/month-ends.ts'

const iso = (date: Date) => date.toISOString().slice(0, 10)
const monthEnd = (month: number) => iso(new Date(Date.UTC(1990, month + 1, 0)))

const share = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 600 }), fc.boolean()), { selector: ([month]) => month, maxLength: 8 })
  .map((months) => months.toSorted(([a], [b]) => a - b))
const portfolio = fc.array(share, { maxLength: 4 })

test('a share is held at each month end whose last movement up to then left something, and at no other', () => {
  fc.assert(
    fc.property(portfolio, fc.nat({ max: 640 }), (shares, last) => {
      const movements = shares.flatMap((months, index): Movement[] => months.map(([month, held]) => ({ share: index, monthEnd: monthEnd(month), held })))
      const expected = shares.flatMap((months, index) =>
        Array.from({ length: last + 1 }, (_, month) => month).flatMap((month) =>
          months.findLast(([moved]) => moved <= month)?.[1] ? [{ share: index, day: monthEnd(month) }] : [],
        ),
      )
      expect(heldMonthEnds(movements, monthEnd(last))).toEqual(expected)
    }),
  )
})

test('the last month that is over ends on the day before this one began', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('0002-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (now) => {
      const first = new Date(`${iso(now).slice(0, 7)}-01T00:00:00Z`)
      expect(lastMonthEnd(iso(now))).toBe(iso(new Date(first.getTime() - 86_400_000)))
    }),
  )
})
