import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsLogic, type Logic, readLogic } from '../../../api/category-automation/logic.ts'

const logic = fc.letrec<{ logic: Logic }>((tie) => ({
  logic: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.nat(9).map((id): Logic => ({ kind: 'condition', id })),
    tie('logic').map((item): Logic => ({ kind: 'not', item })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('logic'), { minLength: 2, maxLength: 3 }))
      .map(([kind, items]): Logic => ({ kind, items })),
  ),
})).logic

/** Written with as few brackets as may be, so that the precedence is what puts it together again. */
const written = (item: Logic, within: 'or' | 'and' | 'not', word: (kind: 'and' | 'or' | 'not') => string): string => {
  const strength = { or: 0, and: 1, not: 2, condition: 3 }
  const inner =
    item.kind === 'condition'
      ? String(item.id)
      : item.kind === 'not'
        ? `${word('not')} ${written(item.item, 'not', word)}`
        : item.items.map((one) => written(one, item.kind, word)).join(` ${word(item.kind)} `)
  return strength[item.kind] < strength[within] ? `(${inner})` : inner
}

const inWords = { and: ['AND', 'UND', 'and', 'Und'], or: ['OR', 'ODER', 'oder'], not: ['NOT', 'NICHT', 'nicht'] }

test('what is written in either language holds as the conditions say, NOT before AND before OR', () => {
  fc.assert(
    fc.property(logic, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), fc.nat(3), (wanted, truths, choice) => {
      const text = written(wanted, 'or', (kind) => inWords[kind][choice % inWords[kind].length] ?? '')
      fc.pre(text.length < 500)
      const program = text
        .replace(/\d/g, (digit) => String(truths[Number(digit)]))
        .replace(/\b(and|und)\b/gi, '&&')
        .replace(/\b(or|oder)\b/gi, '||')
        .replace(/\b(not|nicht)\b/gi, '!')
      const read = readLogic(text)
      if (!read || 'problem' in read) throw new Error(`${text} cannot be read: ${read?.problem}`)
      const results = new Map(truths.map((truth, id) => [id, truth]))
      // the text is ours: the language itself says what it means
      expect(holdsLogic(read, results)).toBe(runInNewContext(program))
    }),
  )
})

test('a condition that does not exist does not hold, also as NOT', () => {
  const read = readLogic('NOT 7')
  expect(read && !('problem' in read) && holdsLogic(read, new Map([[1, true]]))).toBe(true)
  const plain = readLogic('7')
  expect(plain && !('problem' in plain) && holdsLogic(plain, new Map([[1, true]]))).toBe(false)
})

test.each(['', '  ', '\n'])('%j is no logic', (text) => {
  expect(readLogic(text)).toBeUndefined()
})

test.each([
  ['1 AND', 'it ends too early'],
  ['1 2', "nothing joins '2' to what stands before it"],
  ['(1', "a '(' is never closed"],
  ['1)', "nothing joins ')' to what stands before it"],
  ['AND 1', "a condition is missing before 'and'"],
  ['1 XOR 2', "'XOR 2' is no condition, AND, OR, NOT or bracket"],
  ['process.exit(1)', "'process.exit(1)' is no condition, AND, OR, NOT or bracket"],
  ['1 && 2', "'&& 2' is no condition, AND, OR, NOT or bracket"],
  [`${'('.repeat(60)}1${')'.repeat(60)}`, 'it is nested more than 50 deep'],
  [`${'NOT '.repeat(60)}1`, 'it is nested more than 50 deep'],
  ['1 OR '.repeat(500), 'it is longer than 2000 characters'],
])('%s is refused with a reason', (text, problem) => {
  expect(readLogic(text)).toEqual({ problem })
})

test('any text is read or refused, never thrown at', () => {
  const piece = fc.constantFrom('1', '22', 'AND', 'ODER', 'NOT', '(', ')', ' ', 'x', '😀', '\n')
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
  expect(() =>
    fc.assert(
      fc.property(text, (some) => {
        const read = readLogic(some)
        return !read || 'problem' in read || typeof holdsLogic(read, new Map()) === 'boolean'
      }),
    ),
  ).not.toThrow()
})
