import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batches } from '../../../api/import/batches.ts'
import type { NewTransaction } from '../../../api/import/repository.ts'

const aRow = (recipientApplicant: string): NewTransaction => ({
  iban: null,
  bic: null,
  description: 'x',
  amount: '1',
  dateValue: '2024-02-01 00:00:00',
  recipientApplicant,
  account: 1,
})

test('batches hold every row once and in order, none more rows than wanted or more text than a statement may have', () => {
  const rows = fc.array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 30 }).map((lengths) => lengths.map((length) => aRow('x'.repeat(length))))
  fc.assert(
    fc.property(rows, fc.integer({ min: -5, max: 10_000 }), (all, wanted) => {
      const found = batches(all, wanted)
      expect(found.flat()).toEqual(all)
      expect(found.every((batch) => batch.length > 0)).toBe(true)
      expect(found.every((batch) => batch.reduce((sum, row) => sum + (row.recipientApplicant?.length ?? 0), 0) <= 2_000_000)).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test.each([
  [1, 100],
  [99, 100],
  [250, 250],
  [90_000, 5000],
])('a batch size of %i means %i', (wanted, size) => {
  const rows = Array.from({ length: 5001 }, () => aRow(''))
  expect(batches(rows, wanted)[0]).toHaveLength(size)
})
