import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slices } from '../../../api/import/slices.ts'
import { delimiter, type Line, linesOf, readRows } from '../../../api/shares/share-file.ts'

const row = fc.record({
  name: fc.constantFrom('', 'AAA111', 'us0000000001', 'US00000000011', 'Ä'),
  date: fc.constantFrom('', '01.02.2024', '30.02.2024', '2024-01-01'),
  figure: fc.constantFrom('', '1.000,5', 'x'),
})
const end = fc.constantFrom('\n', '\r\n', '\r')

const readIn = (text: string, size: number): readonly Line[] =>
  [...slices(text, delimiter, size)].flatMap((slice) => {
    const lines = linesOf(slice)
    if ('problem' in lines) throw new Error(lines.problem)
    return lines
  })

test('whatever the size of the pieces, each line after the first is a row or an error by its own number, unless it is empty', () => {
  fc.assert(
    fc.property(
      fc.array(row),
      end,
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('history' as const, 'transactions' as const),
      (rows, lineEnd, size, kind) => {
        const text = ['egal', ...rows.map(({ name, date, figure }) => `${name};${date};"${figure}"`)].join(lineEnd)
        const read = readRows(readIn(text, size), kind)
        const wanted = rows.map(({ name, date, figure }, index) => ({
          line: index + 2,
          empty: name + date + figure === '',
          good: ['AAA111', 'us0000000001'].includes(name) && date === '01.02.2024' && (figure === '1.000,5' || (figure === '' && kind === 'transactions')),
        }))
        expect(read.rows.map(({ line }) => line)).toEqual(wanted.filter(({ good }) => good).map(({ line }) => line))
        expect(read.errors.map(({ line }) => line)).toEqual(wanted.filter(({ good, empty }) => !good && !empty).map(({ line }) => line))
        expect(read.errors.every(({ line, text: said }) => said.startsWith(`Row ${line}: `))).toBe(true)
      },
    ),
  )
})

test('more than six characters are an ISIN, others a WKN, and their case does not count', () => {
  const lines = [[], ['aaa111', '1.2.2024', '-1.234,5'], ['de00001', '01.02.2024', '']].map((cells, index) => ({ number: index + 1, cells }))
  expect(readRows(lines, 'transactions').rows).toEqual([
    { line: 2, identifier: { wkn: 'AAA111' }, date: '2024-02-01 00:00:00', figure: '-1234.5' },
    { line: 3, identifier: { isin: 'DE00001' }, date: '2024-02-01 00:00:00', figure: '0' },
  ])
})
