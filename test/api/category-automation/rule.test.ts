import { expect, test } from 'vitest'
import { readRule } from '../../../api/category-automation/rule.ts'
import { localTimestamp } from '../../../api/category-automation/timestamp.ts'
import { uuidOf } from '../../../api/category-automation/uuid.ts'

test('what a stored rule lacks, or has as null, is its default', () => {
  const rest = { description: null, conditionLogic: null, accounts: [], priority: 5, enabled: true, dateModified: '' }
  const condition = { id: 1, type: 'contains', columnName: 'iban', value: 'x', caseSensitive: false, minAmount: null, maxAmount: null }
  expect(
    readRule(
      '{"id": "a", "name": null, "conditions": [{"id": 1, "type": "contains", "columnName": "iban", "value": "x"}], "category": null, "accounts": null}',
    ),
  ).toEqual({ id: 'a', name: '', conditions: [condition], category: 0, dateCreated: '', ...rest })
})

test.each(['5', 'null', '[]', '{}', '{"id": 5}', '{"id": "a", "conditions": 5}'])('%s is no rule', (text) => {
  expect(readRule(text)).toBeUndefined()
})

test('a moment is written in local time to the microsecond', () => {
  expect(localTimestamp(new Date(2026, 0, 2, 3, 4, 5, 67))).toBe('2026-01-02T03:04:05.067000')
})

test('sixteen bytes are a UUID that says that it is random', () => {
  expect(uuidOf(new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000')
  expect(uuidOf(new Uint8Array(16).fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
})
