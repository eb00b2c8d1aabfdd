import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allowanceIn, RequestWindows } from '../../../api/limits/request-windows.ts'

const minute = 60_000
const start = Date.parse('2026-01-01T12:00:00Z')

test('no minute, wherever it begins, holds more requests than are allowed', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 200 }), (limit, pauses) => {
      const windows = new RequestWindows()
      const admitted: number[] = []
      let now = start
      for (const pause of pauses) {
        now += pause
        if (windows.admit('a', limit, 1, now) === 0) admitted.push(now)
        expect(admitted.filter((at) => at > now - minute).length).toBeLessThanOrEqual(limit)
      }
    }),
  ))

test('who waits for as long as is said is let through, and not a slot earlier than needed', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 100 }), (limit, pauses) => {
      const windows = new RequestWindows()
      const admitted: number[] = []
      let now = start
      for (const pause of pauses) {
        now += pause
        const wait = windows.admit('a', limit, 1, now)
        if (wait === 0) admitted.push(now)
        else {
          expect(wait).toBeLessThanOrEqual(minute + 2_000)
          // what is counted has to leave; it does within a slot after its minute
          expect(now + wait - (admitted.at(-limit) ?? 0)).toBeLessThanOrEqual(minute + 2_000)
          now += wait
          expect(windows.admit('a', limit, 1, now)).toBe(0)
          admitted.push(now)
        }
      }
    }),
  ))

test('all that a minute allows may come at once, and other clients are counted apart', () => {
  const windows = new RequestWindows()
  const waits = Array.from({ length: 101 }, () => windows.admit('a', 100, 1, start))
  expect(waits.filter((wait) => wait === 0)).toHaveLength(100)
  expect(waits.at(-1)).toBe(62_000)
  expect(windows.admit('b', 100, 1, start)).toBe(0)
})

test('replicas together allow what one would: fractions are made up for in later minutes', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 30_000_000 }), (limit, replicas, first) => {
      const minutes = 50
      const allowed = Array.from({ length: minutes }, (_, turn) => allowanceIn(first + turn, limit, replicas))
      const sum = allowed.reduce((one, other) => one + other, 0)
      const fair = Math.max(1, limit / replicas)
      expect(Math.abs(sum - fair * minutes)).toBeLessThanOrEqual(1)
      expect(Math.max(...allowed)).toBeLessThanOrEqual(Math.ceil(fair))
      expect(Math.min(...allowed)).toBeGreaterThanOrEqual(1)
    }),
  ))

test('a clock that is put back locks nobody out', () => {
  const windows = new RequestWindows()
  windows.admit('a', 1, 1, start)
  expect(windows.admit('a', 1, 1, start)).toBeGreaterThan(0)
  expect(windows.admit('a', 1, 1, start - 3_600_000)).toBe(0)
})

test('ever so many clients are remembered up to a bound, and whoever came longest ago is forgotten', () => {
  const windows = new RequestWindows(100)
  for (let number = 0; number < 10_000; number++) {
    windows.admit(`client ${number}`, 1, 1, start)
    windows.admit('regular', 1, 1, start)
  }
  expect(windows.size).toBe(100)
  expect(windows.admit('regular', 1, 1, start)).toBeGreaterThan(0)
  expect(windows.admit('client 9999', 1, 1, start)).toBeGreaterThan(0)
  expect(windows.admit('client 0', 1, 1, start)).toBe(0)
})
