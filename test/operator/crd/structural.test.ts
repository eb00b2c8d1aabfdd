import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Choice, rules } from '../../../operator/crd/fields.ts'
import { structural } from '../../../operator/crd/structural.ts'

test('a property with a default may be left out, all others are required', () => {
  const schema = Type.Object({ host: Type.String(), port: Type.Integer({ default: 3306 }), user: Type.Optional(Type.String()) })
  expect(structural(schema).required).toEqual(['host'])
  expect(structural(Type.Object({ port: Type.Integer({ default: 3306 }) }))).not.toHaveProperty('required')
})

test('a closed object becomes an open one, for the API server prunes by itself', () => {
  expect(structural(Type.Object({ a: Type.String() }, { additionalProperties: false }))).not.toHaveProperty('additionalProperties')
})

test('keywords of Kubernetes and bounds pass as they are, at every depth', () => {
  const list = Type.Array(Type.String({ maxLength: 5, pattern: '^a' }), { 'x-kubernetes-list-type': 'set', maxItems: 3 })
  expect(structural(Type.Object({ list }))).toEqual({
    type: 'object',
    required: ['list'],
    properties: { list: { type: 'array', items: { type: 'string', maxLength: 5, pattern: '^a' }, 'x-kubernetes-list-type': 'set', maxItems: 3 } },
  })
})

test("an object with rules gets its fields' defaults into its own, for its rules are tried on that alone", () => {
  const rule = rules({ rule: 'self.mode != ""', message: 'no' })
  const mode = Choice(['A', 'B'], { description: 'Mode.', default: 'A' })
  const inner = Type.Object({ x: Type.String() }, { default: {} })
  expect(structural(Type.Object({ mode, inner }, { default: {}, ...rule })).default).toEqual({ mode: 'A' })
  expect(structural(Type.Object({ mode, inner }, { default: { mode: 'B' }, ...rule })).default).toEqual({ mode: 'B' })
  expect(structural(Type.Object({ mode, inner }, { default: {} })).default).toEqual({})
})

test.each([
  ['a choice of types', Type.Object({ value: Type.Union([Type.String(), Type.Integer()]) }), 'here.value: a CustomResourceDefinition has no keyword anyOf'],
  ['a constant', Type.Object({ value: Type.Literal('a') }), 'here.value: a CustomResourceDefinition has no keyword const'],
  ['a map by patterns', Type.Record(Type.String(), Type.String()), 'here: a CustomResourceDefinition has no keyword patternProperties'],
  ['a list of places', Type.Tuple([Type.String()]), 'here: a CustomResourceDefinition has no keyword'],
  ['anything', Type.Object({ value: Type.Any() }), 'here.value: a CustomResourceDefinition needs a type here'],
  ['something deep in a list', Type.Array(Type.Object({ value: Type.Null() })), 'here[].value: a CustomResourceDefinition has no type null'],
])('%s is nothing that a CRD can say', (_what, schema, message) => {
  expect(() => structural(schema, 'here')).toThrow(message)
})
