import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTimeZone, todayIn } from '../../../api/today.ts'

test.each([
  ['UTC', '2026-03-31T22:30:00Z', '2026-03-31'],
  ['Europe/Berlin', '2026-03-31T22:30:00Z', '2026-04-01'],
  ['Europe/Berlin', '2026-12-31T22:30:00Z', '2026-12-31'],
  ['America/New_York', '2027-01-01T04:59:59Z', '2026-12-31'],
  ['Pacific/Kiritimati', '2026-12-31T10:00:00Z', '2027-01-01'],
])('in %s it is at %s the day %s', (zone, now, day) => {
  expect(todayIn(zone, new Date(now))).toBe(day)
})

test('no place is more than a day away from UTC, and a day later it is the next day', () => {
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone').filter((zone) => !['Pacific/Apia', 'Pacific/Fakaofo'].includes(zone)))
  const moments = fc.date({ min: new Date('1996-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(zones, moments, (zone, now) => {
      const [there, utc] = [day(todayIn(zone, now)), day(todayIn('UTC', now))]
      expect(Math.abs(there - utc)).toBeLessThanOrEqual(1)
      const later = day(todayIn(zone, new Date(now.getTime() + 26 * 3_600_000)))
      expect([1, 2]).toContain(later - there)
    }),
  )
})

test('names of the time zone database are time zones; offsets and inventions are none', () => {
  expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata'].map(isTimeZone)).toEqual([true, true, true])
  expect(['', '+02:00', 'Mars/Olympus', 'Europe/Berlin '].map(isTimeZone)).toEqual([false, false, false, false])
})
