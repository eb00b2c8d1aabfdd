import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAmount } from '../../../api/import/amount.ts'

const grouped = (digits: string, separator: string) => digits.replace(/\B(?=(\d{3})+$)/g, separator)

const parts = fc.record({
  negative: fc.boolean(),
  whole: fc.bigInt({ min: 0n, max: 9_999_999_999n }).map(String),
  fraction: fc.string({ unit: fc.nat({ max: 9 }).map(String), maxLength: 12 }),
})

test('an amount written in either style, with blanks of any kind, reads back digit by digit', () => {
  fc.assert(
    fc.property(parts, fc.constantFrom('', '.'), fc.constantFrom('', ' ', '\u00a0', '\u202f'), ({ negative, whole, fraction }, separator, blank) => {
      const sign = negative ? '-' : ''
      const plain = `${sign}${whole}${fraction && `.${fraction}`}`
      const german = `${blank}${sign}${blank}${grouped(whole, separator)}${fraction && `,${fraction}`}${blank}`
      expect(readAmount(german, ',')).toEqual({ amount: plain })
      expect(readAmount(`${sign}${grouped(whole, blank)}${fraction && `.${fraction}`}`, '.')).toEqual({ amount: plain })
    }),
  )
})

test('an amount keeps digits that a float would lose', () => {
  expect(readAmount('9.007.199.254,7409930001', ',')).toEqual({ amount: '9007199254.7409930001' })
})

test.each([
  ['1,234.5', '.'],
  ['', '.'],
  ['-', ','],
  ['12,50-', ','],
  ['1,2,3', ','],
  ['0x10', '.'],
  ['NaN', '.'],
  ['Infinity', '.'],
  ['12 EUR', '.'],
] as const)("'%s' with the decimal mark '%s' is refused by its own text", (cell, mark) => {
  expect(readAmount(cell, mark)).toEqual({ problem: `'${cell}' is not an amount with the decimal mark '${mark}'` })
})

test('an amount that the database cannot hold is refused instead of being stored as the largest it can', () => {
  expect(readAmount('12345678901', '.')).toEqual({ problem: "'12345678901' has more than 10 digits before the decimal mark" })
  expect(readAmount('1e10', '.')).toEqual({ problem: "'1e10' has more than 10 digits before the decimal mark" })
})
