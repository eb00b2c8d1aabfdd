import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { issue, json, type Row, testRows } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const condition = { id: 1, type: 'contains', columnName: 'description', value: 'brot' }
const rule = { name: 'R', conditions: [condition], category: 1 }
const tried = (
  says: string,
  [conditions, logic, transaction]: readonly [readonly object[], string | null, object],
  expected: readonly [boolean, boolean | null],
): Row => [
  says,
  'POST /category-automation/test-rule',
  json({ rule: { ...rule, conditions, conditionLogic: logic }, transaction: { description: 'Brot vom Bäcker', ...transaction } }),
  200,
  expect.objectContaining({ matches: expected[0], message: expected[0] ? 'Rule matches' : 'Rule does not match', logicEvaluation: expected[1] }),
]
const about = (id: number, type: string, value: string | null, rest: object = {}) => ({ id, type, columnName: 'description', value, ...rest })
const amount = (rest: object) => ({ id: 1, type: 'amountRange', columnName: 'amount', ...rest })

describe('a rule is tried', () => {
  testRows(
    () => database,
    [
      [
        'the answer repeats the transaction: an empty recipient as null, an amount as a number',
        'POST /category-automation/test-rule',
        json({ rule, transaction: { description: 'Brot', recipientApplicant: '', amount: '-1.50', iban: null } }),
        200,
        {
          matches: true,
          message: 'Rule matches',
          conditionResults: { 1: true },
          logicEvaluation: null,
          transaction: { description: 'Brot', recipientApplicant: null, amount: -1.5, iban: null },
        },
      ],
      [
        'an amount that is none is null',
        'POST /category-automation/test-rule',
        json({ rule, transaction: { description: 'x', amount: 'viel' } }),
        200,
        expect.objectContaining({ transaction: { description: 'x', recipientApplicant: null, amount: null, iban: null } }),
      ],
      [
        'the description is needed',
        'POST /category-automation/test-rule',
        json({ rule, transaction: {} }),
        422,
        issue('missing', 'body', 'transaction', 'description'),
      ],
      ['the transaction is needed', 'POST /category-automation/test-rule', json({ rule }), 422, issue('missing', 'body', 'transaction')],
      tried('contains: anywhere, whatever the case', [[about(1, 'contains', 'BÄCK')], null, {}], [true, null]),
      tried('contains: the case counts when asked for', [[about(1, 'contains', 'BÄCK', { caseSensitive: true })], null, {}], [false, null]),
      tried('contains: an empty text is in nothing', [[about(1, 'contains', '')], null, {}], [false, null]),
      tried('startsWith', [[about(1, 'startsWith', 'brot')], null, {}], [true, null]),
      tried('startsWith: an empty text starts nothing', [[about(1, 'startsWith', '')], null, {}], [false, null]),
      tried('endsWith', [[about(1, 'endsWith', 'bäcker')], null, {}], [true, null]),
      tried('equals', [[about(1, 'equals', 'brot vom bäcker')], null, {}], [true, null]),
      tried('equals: empty equals empty', [[about(1, 'equals', '')], null, { description: '' }], [true, null]),
      tried('regex: anywhere', [[about(1, 'regex', 'v.m\\s')], null, {}], [true, null]),
      tried('regex: a class in capitals keeps its meaning', [[about(1, 'regex', '^\\S+$')], null, {}], [false, null]),
      tried('regex: an empty pattern is in everything', [[about(1, 'regex', '')], null, {}], [true, null]),
      tried('regex: one that cannot be read holds nowhere', [[about(1, 'regex', '(')], null, {}], [false, null]),
      tried('regex: none, with the case counting, holds nowhere', [[about(1, 'regex', null, { caseSensitive: true })], null, {}], [false, null]),
      tried('any other kind holds nowhere', [[about(1, 'sounds like', 'brot')], null, {}], [false, null]),
      tried('a column that nobody knows holds nowhere', [[{ id: 1, type: 'contains', columnName: 'colour', value: 'x' }], null, {}], [false, null]),
      tried('a field that is null holds nowhere', [[{ id: 1, type: 'equals', columnName: 'iban', value: '' }], null, {}], [false, null]),
      tried('amountRange: from and to are included', [[amount({ minAmount: -1.5, maxAmount: -1.5 })], null, { amount: '-1.5' }], [true, null]),
      tried('amountRange: one bound is enough', [[amount({ minAmount: 0 })], null, { amount: -1.5 }], [false, null]),
      tried('amountRange: without bounds any number is within', [[amount({})], null, { amount: 7 }], [true, null]),
      tried('amountRange: what is no number is not within', [[{ ...amount({}), columnName: 'description' }], null, { amount: 7 }], [false, null]),
      tried(
        'a number as a text has at least one decimal',
        [[{ id: 1, type: 'equals', columnName: 'amount', value: '3000.0' }], null, { amount: '3000' }],
        [true, null],
      ),
      tried(
        'a number as a text has no superfluous zeros',
        [[{ id: 1, type: 'equals', columnName: 'amount', value: '-12.34' }], null, { amount: '-12.3400' }],
        [true, null],
      ),
      tried('without a logic any condition will do', [[about(1, 'contains', 'nichts'), about(2, 'contains', 'brot')], '', {}], [true, null]),
      tried(
        'AND before OR, in either language and any case',
        [[about(1, 'contains', 'brot'), about(2, 'contains', 'nichts')], '1 oder 2 und 2', {}],
        [true, true],
      ),
      tried('NOT at the beginning', [[about(1, 'contains', 'nichts')], 'NICHT 1', {}], [true, true]),
      tried('brackets', [[about(1, 'contains', 'brot'), about(2, 'contains', 'nichts')], '(1 OR 2) AND 2', {}], [false, false]),
      tried('a condition that does not exist does not hold', [[about(1, 'contains', 'brot')], '1 AND 7', {}], [false, false]),
      tried('a rule without conditions never matches', [[], null, {}], [false, null]),
    ],
  )
})
