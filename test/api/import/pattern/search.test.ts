import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern } from '../../../../api/import/pattern/search.ts'

const compiled = (pattern: string) => {
  const result = compilePattern(pattern)
  if ('problem' in result) throw new Error(result.problem)
  return result
}

const atom = fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\d', '\\w', '\\s', '\\b', '^', '$', '1', ' ')
const counted = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?', '+?', '??')
const isPosition = (text: string) => ['\\b', '^', '$'].includes(text)
const single = fc.tuple(atom, counted).map(([text, times]) => (isPosition(text) ? text : text + times))
const choiceOf = (piece: fc.Arbitrary<string>) =>
  fc
    .array(
      fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((items) => items.join('|'))
// Only groups in which something is read are repeated: about repeated nothing the dialects differ.
const within = (inner: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 2, arbitrary: single },
    { weight: 1, arbitrary: inner.map((text) => `(${text})`) },
    { weight: 1, arbitrary: fc.tuple(inner, counted).map(([text, times]) => `(?:[abc](?:${text}))${times}`) },
  )
const patterns = choiceOf(within(choiceOf(within(choiceOf(single)))))

test('on texts of any kind the search finds what the engine of the language finds', () => {
  fc.assert(
    fc.property(
      patterns.filter((pattern) => pattern.length < 300),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' '), maxLength: 12 }),
      (pattern, text) => {
        const expected = [...text.matchAll(new RegExp(pattern, 'g'))].map(([whole]) => whole)
        expect(
          compiled(pattern)
            .matches(text)
            .map(({ whole }) => whole),
        ).toEqual(expected)
        expect(compiled(pattern).isIn(Array.from(text))).toBe(expected.length > 0)
      },
    ),
    { numRuns: 500 },
  )
})

test('groups that took no part are told from empty ones', () => {
  expect(compiled('(a)|(b*)c').matches('ac')).toEqual([
    { whole: 'a', groups: ['a', undefined] },
    { whole: 'c', groups: [undefined, ''] },
  ])
})

test("it speaks Python's dialect: named groups, letters of every language, flags in front", () => {
  expect(
    compiled('(?P<word>\\w+)')
      .matches('Öl für')
      .map(({ groups }) => groups),
  ).toEqual([['Öl'], ['für']])
  expect(compiled('(?i)isin:\\s*([a-z]+)').matches('ISIN: LVX')).toEqual([{ whole: 'ISIN: LVX', groups: ['LVX'] }])
  expect(compiled('^a$').matches('a\n')).toHaveLength(1)
})

test.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*)*=', '\\s*\\s*\\s*\\s*\\s*\\s*x', '(?:a?){50}a{50}b', '((a*)*)*b'])(
  'the pattern %s, on which others run for ever, takes steps that grow with the text only',
  (pattern) => {
    const search = compiled(pattern)
    const text = `${'a'.repeat(2000)}!`
    const before = process.cpuUsage()
    search.matches(text)
    search.isIn(Array.from(text))
    const { user } = process.cpuUsage(before)
    expect(user).toBeLessThan(10_000_000)
  },
)

test.each([
  ['(?=a)', 'look-around, conditions and flags inside the pattern are not supported'],
  ['(?<=a)b', 'look-around, conditions and flags inside the pattern are not supported'],
  ['(a)\\1', '\\1 is a back-reference, which is not supported'],
  ['(a', "it has a '(' that is never closed"],
  ['a)', "it closes a group with ')' that was never opened"],
  ['[a', 'it ends too early'],
  ['*a', "'*' has nothing to repeat"],
  ['a**', 'it repeats a repetition; put the inner one into a group'],
  ['a{2,1}', '{2,1} asks for less than its own minimum'],
  ['a{5000}', '{5000} asks for more than 1000 repetitions'],
  ['((a{1000}){1000}){1000}', 'its repetitions are too large'],
  ['((?:(?:){1000}){1000}){1000}', 'its repetitions are too large'],
  ['[z-a]', "the range after 'z' in its [] goes nowhere"],
  ['\\q', '\\q is not an escape that is known'],
  ['('.repeat(60), 'its groups are nested more than 50 deep'],
  ['a'.repeat(1001), 'it is longer than 1000 characters'],
])('the pattern %s is refused with a reason', (pattern, problem) => {
  expect(compilePattern(pattern)).toEqual({ problem })
})
