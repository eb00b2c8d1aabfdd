import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slices } from '../../../api/import/slices.ts'

const options = { delimiter: ';', relax_quotes: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'] }
const records = (text: string): unknown => {
  try {
    return parse(text, options)
  } catch {
    return 'refused'
  }
}

// Quotes, line ends and delimiters in any order: well-formed files and broken ones.
const texts = fc.string({ unit: fc.constantFrom('a', ' ', ';', '"', '""', ';"', '"\n', '\n', '\r\n', '\r', '";"', '\n"'), maxLength: 40 })

test('read piece by piece a file says the same as read at once, even when its quotes are wrong', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 20 }), (text, size) => {
      const pieces = [...slices(text, ';', size)]
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      const whole = records(text)
      const parts = pieces.map((piece) => records(piece.text))
      expect(parts.includes('refused') ? 'refused' : parts.flat()).toEqual(whole)
    }),
    { numRuns: 2000 },
  )
})

test('each piece knows how many lines of the file come before it', () => {
  expect([...slices('a\r\n"b\nc"\nd\re', ';', 1)]).toEqual([
    { text: 'a\r\n', linesBefore: 0 },
    { text: '"b\nc"\n', linesBefore: 1 },
    { text: 'd\r', linesBefore: 3 },
    { text: 'e', linesBefore: 4 },
  ])
})
