import { expect, test } from 'vitest'
import { readMapping } from '../../../api/import/mapping.ts'

const row: Readonly<Record<string, string>> = {
  Text: '  Miete  ',
  Zweck: 'Januar',
  Leer: '   ',
  Details: ' ISIN: LVX000001A2B (Loan 48213307-01) und ISIN: LVX000009Z8Y (Loan 5-2)',
}
const cells = (column: string) => row[column]
const isin = 'ISIN:\\s*([A-Z0-9]{10,20})\\s*\\(Loan\\s*([0-9\\-]+)\\)'

test.each([
  ['null', null, ''],
  ['nothing', undefined, ''],
  ['an unknown form', { wrong: 1 }, ''],
  ['a column', 'Text', 'Miete'],
  ['a missing column', 'Fehlt', ''],
  ['name', { name: 'Text' }, 'Miete'],
  ['join with its separator, without empty cells', { join: ['Text', 'Leer', 'Fehlt', 'Zweck'], separator: ' | ' }, 'Miete | Januar'],
  ['join without a separator', { join: ['Text', 'Zweck'] }, 'Miete Januar'],
  ['sources: groups of a match run together, matches are parted', { sources: [{ name: 'Details', regex: isin }] }, 'LVX000001A2B48213307-01 | LVX000009Z8Y5-2'],
  ['sources: without groups the whole match', { sources: [{ name: 'Details', regex: 'Loan' }] }, 'Loan | Loan'],
  ['sources: empty groups are left out', { sources: [{ name: 'Zweck', regex: '(X)?(Jan)|(uar)' }] }, 'Jan | uar'],
  ['sources: the cell is not trimmed', { sources: [{ name: 'Text', regex: '^ +' }] }, '  '],
  [
    'sources: several',
    {
      sources: [
        { name: 'Zweck', regex: 'J' },
        { name: 'Text', regex: 'M' },
      ],
    },
    'J | M',
  ],
  [
    'sources: a broken one is passed over',
    {
      sources: [
        { name: 'Zweck', regex: '(' },
        { name: 'Text', regex: 'M' },
      ],
    },
    'M',
  ],
  ['sources: one without a pattern is passed over', { sources: [{ name: 'Zweck' }, { name: 'Text', regex: 'M' }] }, 'M'],
  ['regex and source (old)', { regex: 'J(an)', source: 'Zweck' }, 'an'],
  ['names (old): the first that is filled', { names: ['Leer', 'Fehlt', 'Zweck', 'Text'] }, 'Januar'],
  ['names (old): none is filled', { names: ['Leer'] }, ''],
  ['the first form wins', { name: 'Text', join: ['Zweck'] }, 'Miete'],
])('%s', (_title, stored, text) => {
  expect(readMapping(stored).read(cells)).toBe(text)
})

test('a pattern that is not used is named with its reason', () => {
  expect(readMapping({ sources: [{ name: 'Zweck', regex: '(?=x)' }] }).problems).toEqual([
    "the regular expression '(?=x)' is not used: look-around, conditions and flags inside the pattern are not supported",
  ])
})

test('it says which columns it reads', () => {
  expect([null, 'A', { join: ['A', 'B'] }, { sources: [{ name: 'C', regex: 'x' }] }].map((stored) => readMapping(stored).columns)).toEqual([
    [],
    ['A'],
    ['A', 'B'],
    ['C'],
  ])
})
