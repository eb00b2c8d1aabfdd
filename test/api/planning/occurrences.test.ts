import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interval } from '../../../api/planning/interval.ts'
import { occurrences } from '../../../api/planning/occurrences.ts'

const today = '2026-11-23'
const from = (dateStart: string, interval: Interval, dateEnd: string | null = null) => occurrences(interval, { dateStart, dateEnd, today })

test.each([
  ['daily', { days: 1 }, 397, '2027-12-31'],
  ['weekly', { days: 7 }, 57, '2027-12-27'],
  ['every other week', { days: 14 }, 29, '2027-12-27'],
  ['monthly', { months: 1 }, 14, '2027-12-28'],
  ['yearly', { months: 12 }, 2, '2027-11-30'],
  ['once', 'once', 1, '2026-11-30'],
] as const)('%s from 30 November 2026 falls on the days of the documented example', (_name, interval, count, last) => {
  const days = from('2026-11-30T00:00:00', interval, '2028-06-01T00:00:00')
  expect([days.length, days.at(-1)]).toEqual([count, last])
})

test('a day that a month lacks stays cut for the months after it', () => {
  expect(from('2026-10-31', { months: 1 }).slice(0, 7)).toEqual([
    '2026-10-31',
    '2026-11-30',
    '2026-12-30',
    '2027-01-30',
    '2027-02-28',
    '2027-03-28',
    '2027-04-28',
  ])
  expect(from('2024-02-29', { months: 12 })).toEqual(['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28'])
})

test('the end belongs to the planning, times of day do not count', () => {
  expect(from('2026-12-01T23:59:59', { days: 1 }, '2026-12-03T00:00:00')).toEqual(['2026-12-01', '2026-12-02', '2026-12-03'])
})

test('a start after the end, or after next year, is one entry', () => {
  expect(from('2026-12-02', { days: 1 }, '2026-12-01')).toEqual(['2026-12-02'])
  expect(from('2030-01-01', { days: 1 })).toEqual(['2030-01-01'])
})

test('a start long ago ends after 10,001 entries', () => {
  expect(from('1900-01-01', { days: 1 })).toHaveLength(10_001)
})

const date = fc.date({ min: new Date('1990-01-01'), max: new Date('2035-12-31'), noInvalidDate: true }).map((day) => day.toISOString().slice(0, 10))
const step = fc.oneof(
  fc.integer({ min: 1, max: 400 }).map((days) => ({ days })),
  fc.integer({ min: 1, max: 30 }).map((months) => ({ months })),
)

test('each entry is one step after the one before, all lie between start and end, and none more would', () => {
  fc.assert(
    fc.property(step, date, fc.option(date), date, (interval, dateStart, dateEnd, now) => {
      const days = occurrences(interval, { dateStart, dateEnd, today: now })
      const nextYear = `${Number(now.slice(0, 4)) + 1}-12-31`
      const last = dateEnd !== null && dateEnd < nextYear ? dateEnd : nextYear
      expect(days[0]).toBe(dateStart)
      for (const [index, day] of days.entries()) {
        const following = Temporal.PlainDate.from(day).add(interval).toString()
        if (index === days.length - 1) expect(following > last || days.length === 10_001).toBe(true)
        else expect(following).toBe(days[index + 1])
        expect(index === 0 || day <= last).toBe(true)
      }
    }),
  )
})
