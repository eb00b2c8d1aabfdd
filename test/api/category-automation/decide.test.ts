import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, deciderOf, verdictSteps } from '../../../api/category-automation/decide.ts'
import { type Condition, inOrderOfTrial, type Rule } from '../../../api/category-automation/rule.ts'

const aCondition = (changes: Partial<Condition> = {}): Condition => ({
  id: 1,
  type: 'contains',
  columnName: 'description',
  value: 'miete',
  caseSensitive: false,
  minAmount: null,
  maxAmount: null,
  ...changes,
})
const aRule = (changes: Partial<Rule> = {}): Rule => ({
  id: 'r',
  name: 'rule',
  description: null,
  conditions: [aCondition()],
  conditionLogic: null,
  category: 1,
  accounts: [],
  priority: 5,
  enabled: true,
  dateCreated: '',
  dateModified: '',
  ...changes,
})
const aCandidate = (changes: Partial<Candidate> = {}): Candidate => ({
  id: 1,
  account: 1,
  description: 'Miete März',
  recipientApplicant: 'Vermieter',
  iban: 'DE12',
  amount: '-12.3400000000',
  ...changes,
})

const finish = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}
const holds = (condition: Partial<Condition>, facts: Partial<Candidate> = {}) =>
  finish(verdictSteps(aRule({ conditions: [aCondition(condition)] }), aCandidate(facts))).matches

const money = (minAmount: number | null, maxAmount: number | null) => ({ type: 'amountRange', columnName: 'amount', minAmount, maxAmount })

test.each<readonly [Partial<Condition>, Partial<Candidate>, boolean]>([
  [{ type: 'contains', value: 'MÄRZ' }, {}, true],
  [{ type: 'contains', value: 'MÄRZ', caseSensitive: true }, {}, false],
  [{ type: 'contains', value: 'März', caseSensitive: true }, {}, true],
  [{ type: 'contains', value: '' }, {}, false],
  [{ type: 'contains', value: null }, {}, false],
  [{ type: 'startsWith', value: 'miete' }, {}, true],
  [{ type: 'startsWith', value: 'märz' }, {}, false],
  [{ type: 'startsWith', value: '' }, {}, false],
  [{ type: 'endsWith', value: 'märz' }, {}, true],
  [{ type: 'endsWith', value: '' }, {}, false],
  [{ type: 'equals', value: 'miete märz' }, {}, true],
  [{ type: 'equals', value: 'miete' }, {}, false],
  [{ type: 'equals', value: '' }, { description: '' }, true],
  [{ type: 'equals', value: '', columnName: 'iban' }, { iban: null }, false],
  [{ type: 'contains', value: 'x', columnName: 'recipientApplicant' }, { recipientApplicant: null }, false],
  [{ type: 'contains', value: 'e', columnName: 'bic' }, {}, false],
  [{ type: 'contains', value: 'e', columnName: 'constructor' }, {}, false],
  [{ type: 'toString', value: 'miete' }, {}, false],
  [{ type: 'regex', value: 'm.*z$' }, {}, true],
  [{ type: 'regex', value: 'm.*z$', caseSensitive: true }, {}, false],
  [{ type: 'regex', value: '^\\S+\\s\\S+$' }, {}, true],
  [{ type: 'regex', value: '[' }, {}, false],
  [{ type: 'regex', value: '' }, {}, true],
  [{ type: 'regex', value: null, caseSensitive: true }, {}, false],
  [{ type: 'equals', value: '-12.34', columnName: 'amount' }, {}, true],
  [{ type: 'equals', value: '3000.0', columnName: 'amount' }, { amount: '3000.0000000000' }, true],
  [{ type: 'equals', value: '3000', columnName: 'amount' }, { amount: '3000' }, false],
  [{ type: 'startsWith', value: '-', columnName: 'amount' }, {}, true],
  [money(-12.34, -12.34), {}, true],
  [money(-12.33, null), {}, false],
  [money(null, -12.35), {}, false],
  [money(null, null), {}, true],
  [money(0.3, 0.3), { amount: '0.3000000000' }, true],
  [money(0, null), { amount: '9999999999.0000000001' }, true],
  [money(null, 9999999999), { amount: '9999999999.0000000001' }, false],
  [money(1e-7, 1e21), { amount: '0.0000001000' }, true],
  [money(null, null), { amount: null }, false],
  [{ ...money(10, 20), columnName: 'description' }, { description: ' 12.5 ' }, true],
  [{ ...money(null, null), columnName: 'description' }, {}, false],
])('the condition %j holds for %j: %s', (condition, facts, expected) => {
  expect(holds(condition, facts)).toBe(expected)
})

test('any condition will do without a logic, or with one that cannot be read, which is said', () => {
  const conditions = [aCondition({ id: 1 }), aCondition({ id: 2, value: 'never' })]
  const verdict = (conditionLogic: string | null) => finish(verdictSteps({ conditions, conditionLogic }, aCandidate()))
  const results = new Map([
    [1, true],
    [2, false],
  ])
  expect(verdict(null)).toEqual({ matches: true, results, logic: null })
  expect(verdict('1 AND 2')).toEqual({ matches: false, results, logic: false })
  expect(verdict('1 und nicht 2')).toEqual({ matches: true, results, logic: true })
  expect(verdict('1 AND')).toEqual({ matches: true, results, logic: 'The logic cannot be read, so any condition will do: it ends too early' })
})

test('a rule without conditions never matches, whatever its logic', () => {
  expect(finish(verdictSteps({ conditions: [], conditionLogic: null }, aCandidate())).matches).toBe(false)
  expect(finish(verdictSteps({ conditions: [], conditionLogic: 'NOT 1' }, aCandidate())).matches).toBe(false)
})

test('rules are tried by priority, the newest first; the first that an entry meets decides, of those for its account', () => {
  const rules = [
    aRule({ id: 'old', dateCreated: '2026-01-01T00:00:00.000000' }),
    aRule({ id: 'new', dateCreated: '2026-02-01T00:00:00.000000' }),
    aRule({ id: 'other account', priority: 9, accounts: [2] }),
    aRule({ id: 'no account', priority: 9, accounts: [-1] }),
    aRule({ id: 'other text', priority: 8, conditions: [aCondition({ value: 'never' })] }),
    aRule({ id: 'last', priority: 1, conditions: [aCondition({ type: 'regex', value: '' })] }),
  ]
  const decide = deciderOf(inOrderOfTrial(rules))
  const candidates = [aCandidate({ id: 7 }), aCandidate({ id: 8, account: 2 }), aCandidate({ id: 9, description: 'Strom' })]
  expect(finish(decide(candidates)).map(({ id, rule }) => [id, rule.id])).toEqual([
    [7, 'new'],
    [8, 'other account'],
    [9, 'last'],
  ])
})

test('of the same priority and time the one that was made last is tried first', () => {
  expect(inOrderOfTrial([aRule({ id: 'a' }), aRule({ id: 'b' }), aRule({ id: 'c', priority: 6 })]).map(({ id }) => id)).toEqual(['c', 'b', 'a'])
})

test('it pauses before every search, so that whoever runs it can stop it', () => {
  const conditions = Array.from({ length: 5 }, (_, id) => aCondition({ id, type: 'regex', value: '(a+)+$' }))
  const steps = verdictSteps({ conditions, conditionLogic: null }, aCandidate())
  let pauses = 0
  while (!steps.next().done) pauses++
  expect(pauses).toBe(5)
})

const someRule = fc.record({
  conditions: fc.array(
    fc
      .record({ id: fc.integer({ min: 1, max: 4 }), type: fc.constantFrom('contains', 'regex', 'amountRange'), value: fc.constantFrom('a', 'b', 'c') })
      .map((changes) => aCondition(changes.type === 'amountRange' ? { ...changes, ...money(0, 2), columnName: 'amount' } : changes)),
    { maxLength: 5 },
  ),
  conditionLogic: fc.constantFrom(null, '1 AND 2', '1 OR 2', 'NOT 1', '1 AND (2 OR NOT 3)', 'NOT (1 OR 2) OR 4', '1 AND'),
})

test('a rule decides exactly where it says that it matches, though searches that change nothing are left out', () => {
  fc.assert(
    fc.property(someRule, fc.constantFrom('', 'a', 'ab', 'bc'), fc.constantFrom('-1', '1', '3'), (rule, description, amount) => {
      const candidate = aCandidate({ description, amount })
      expect(finish(deciderOf([aRule(rule)])([candidate])).length === 1).toBe(finish(verdictSteps(rule, candidate)).matches)
    }),
    { numRuns: 1_000 },
  )
  const idle = aRule({ conditions: [aCondition({ id: 1, type: 'regex', value: 'x' }), aCondition({ id: 2, value: 'never' })], conditionLogic: '1 AND 2' })
  const steps = deciderOf([idle])([aCandidate()])
  let pauses = 0
  while (!steps.next().done) pauses++
  expect(pauses).toBe(1)
})
