import fc from 'fast-check'
import { expect, test } from 'vitest'
import { intervalOf } from '../../../api/planning/interval.ts'

const cycle = (periodValue: string, periodUnit: string, name = 'x') => intervalOf({ cycle: name, periodValue, periodUnit })

test.each([
  ['7.00', 'd', { days: 7 }],
  ['1.50', 'd', { days: 1 }],
  ['0.10', 'd', { days: 1 }],
  ['3.00', 'm', { months: 3 }],
  ['1.50', 'm', { days: 45 }],
  ['0.01', 'm', { days: 1 }],
  ['1.00', 'y', { months: 12 }],
  ['0.25', 'y', { months: 3 }],
  ['0.01', 'y', { months: 12 }],
  ['2.00', 'Y', { months: 24 }],
])('%s %s is one step of %j', (value, unit, interval) => {
  expect(cycle(value, unit)).toEqual(interval)
})

test.each([
  ['einmalig', 'once'],
  ['Once a year', 'once'],
  ['WÖCHENTLICH', { months: 1 }],
  ['jede Woche', { days: 7 }],
  ['Quartal', { months: 3 }],
  ['halbjahr', { months: 6 }],
  ['Jahr', { months: 12 }],
  ['14 Tage', { days: 1 }],
  ['monatlich', { months: 1 }],
])('a cycle without a period that is called "%s" goes by its name', (name, interval) => {
  expect(cycle('0.00', 'd', name)).toEqual(interval)
  expect(cycle('-3.00', 'm', name)).toEqual(interval)
  expect(cycle('5.00', 'w', name)).toEqual(interval)
})

test('whatever a cycle says, the step is a whole number of days or months that a calendar can add', () => {
  const hundredths = fc.integer({ min: -9_999_999_999, max: 9_999_999_999 })
  fc.assert(
    fc.property(fc.string(), hundredths, fc.constantFrom('d', 'm', 'y', '', '?'), (name, value, unit) => {
      const interval = cycle((value / 100).toFixed(2), unit, name)
      if (interval === 'once') return
      const [step = 0] = Object.values(interval)
      expect(Number.isInteger(step) && step >= 1).toBe(true)
      expect(() => Temporal.PlainDate.from('9999-12-31').add(interval)).not.toThrow()
    }),
  )
})
