import fc from 'fast-check'
import { expect, test } from 'vitest'
import { passwordProblem } from '../../../api/auth/password-rules.ts'

const problem = (wanted: string) => passwordProblem({ username: 'anna_huber_1', current: 'the current one', wanted })

test.each([
  ['too-short', 'The new password has 9 characters; choose one of at least 12.'],
  ['😀😀😀😀😀😀😀😀😀😀😀', 'The new password has 11 characters; choose one of at least 12.'],
  ['ä'.repeat(129), 'The new password has 258 bytes; choose one of at most 256.'],
  ['twelve\tand more', 'The new password holds a control character, such as a tab or a line break; leave it out.'],
  ['twelve and more\u007f', 'The new password holds a control character, such as a tab or a line break; leave it out.'],
  ['twelve and more\ud83d', 'The new password is not valid text: it holds half a character; type it anew.'],
  ['Anna_Huber_1', 'The new password is the user name; choose another one.'],
  ['the current one', 'The new password is the current one; choose another one.'],
])('%j is refused: %s', (wanted, sentence) => {
  expect(problem(wanted)).toBe(sentence)
})

test('any other text of 12 characters to 256 bytes is taken, whatever signs it holds', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 12, maxLength: 40 }).filter((one) => Buffer.byteLength(one) <= 256)
  fc.assert(
    fc.property(text, (wanted) => {
      expect(problem(wanted)).toBeUndefined()
    }),
  )
  expect(problem('ä'.repeat(128))).toBeUndefined()
})
