import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { categoryRows, readSeedData, type SeedCategory } from '../../../api/setup/seed-data.ts'

const shipped = () => {
  const reading = readSeedData(readFileSync('cfg/data.yaml', 'utf8'))
  if ('problems' in reading) throw new Error(reading.problems.join('\n'))
  return reading.data
}

test('the file that is shipped has the 58 categories under 13 roots, and five accounts', () => {
  const { categories, accounts } = shipped()
  expect(categories.map(({ name }) => name).join(', ')).toBe(
    'Auto, Telekommunikation, Haus/Wohnung, Ausgaben, Shopping, Einnahmen, Darlehen, Versicherungen, Investments, Fortbildung, Hobby, Vereine, Staat',
  )
  const rows = categoryRows(categories, 1)
  expect([rows.length, new Set(rows.map(({ name }) => name.toLowerCase())).size]).toEqual([58, 58])
  expect(accounts.map(({ type }) => type)).toEqual(['Girokonto', 'Girokonto', 'Girokonto', 'Darlehen', 'Wertpapierdepot'])
})

test('all shapes that the original reads are read', () => {
  const text =
    'accountType: { Bausparen: 9 }\nplanningCycle: [{ cycle: zweimonatlich, periodValue: 2 }]\ncategories: [{ name: A, subcategories: [{ name: B }] }]'
  expect(readSeedData(text)).toEqual({
    data: {
      accountTypes: ['Bausparen'],
      cycles: [{ cycle: 'zweimonatlich', periodValue: '2', periodUnit: 'm' }],
      categories: [{ name: 'A', subcategories: [{ name: 'B', subcategories: [] }] }],
      accounts: [],
    },
  })
})

test.each([
  ['categories: [', 'it is not YAML'],
  ['- 1', 'the file is [1]'],
  ['categories: [{ name: "" }]', 'categories.0.name is ""; write a text of 1 to 128 characters.'],
  ['categories: [{ name: A, subcategories: [3] }]', 'categories.0.subcategories.0.name is undefined'],
  ['account_data: [{ account: { name: Giro } }]', 'account_data.0.account.iban_accountNumber'],
  ['planningCycle: [{ cycle: x, periodUnit: w }]', 'planningCycle.0.periodUnit is "w"'],
])('%s is told in a sentence', (text, sentence) => {
  expect(readSeedData(text)).toEqual({ problems: expect.arrayContaining([expect.stringContaining(sentence)]) as string[] })
})

test('money and account numbers are what is written, also without quotes', () => {
  const account = 'name: A, iban_accountNumber: 0012345678901234567890, bic_market: 010, startAmount: 12345678.0123456789, dateStart: 2026-01-01'
  expect(readSeedData(`account_data: [{ account: { ${account} } }]`)).toMatchObject({
    data: { accounts: [{ iban_accountNumber: '0012345678901234567890', bic_market: '010', startAmount: '12345678.0123456789' }] },
  })
})

const tree = fc.memo(
  (depth): fc.Arbitrary<SeedCategory> =>
    fc.record({ name: fc.string({ minLength: 1 }), subcategories: depth > 1 ? fc.array(tree(depth - 1), { maxLength: 3 }) : fc.constant([]) }),
)

test('the rows of a tree are numbered without a gap, each after its parent', () =>
  fc.assert(
    fc.property(fc.array(tree(4), { maxLength: 4 }), fc.integer({ min: 1, max: 1000 }), (categories, first) => {
      const rows = categoryRows(categories, first)
      expect(rows.map(({ id }) => id)).toEqual(rows.map((_row, index) => first + index))
      for (const { id, parent } of rows) expect(parent === null || (parent >= first && parent < id)).toBe(true)
      expect(rows.filter(({ parent }) => parent === null).map(({ name }) => name)).toEqual(categories.map(({ name }) => name))
    }),
  ))
