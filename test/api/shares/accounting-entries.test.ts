import { expect, test } from 'vitest'
import { categoriesFor } from '../../../api/shares/accounting-entries.ts'

const settings = ['{"category_id": 1, "type": "buy"}', '{"category_id": "2", "type": "sell"}', '{"category_id": 1, "type": "sell"}']
const broken = ['{"category_id": null, "type": "buy"}', '{"category_id": "x", "type": "buy"}', '{"type": "buy"}', '[]', 'null', '5']

test('categories are those of the type, or of every type when it is none; what is no setting is passed over', () => {
  expect(['buy', 'sell', 'dividend', '', 'BUY'].map((type) => categoriesFor([...broken, ...settings], type))).toEqual([[1], [2, 1], [], [1, 2], [1, 2]])
})
