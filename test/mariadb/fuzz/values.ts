// Values that the fuzzer sends: those that fit a schema, and those that fit none.
import fc from 'fast-check'
import type { Json } from '../../../api/openapi/json-schema.ts'
import type { Kind, Later } from './known.ts'

export type Values = fc.Arbitrary<unknown>

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Something of a kind that exists. */
export const some = (kind: Kind): Values =>
  at.map(
    (where): Later =>
      (known) =>
        known.pick(kind, where),
  )

/** What was made last. */
export const newest = (kind: Kind): Values => fc.constant<Later>((known) => known.newest(kind))

/** Text that every table can hold. */
export const word = fc.string({ unit: fc.constantFrom(...'abcÄß Éñ中あЖ%_\'"\\-/&<>0;#'.split('')), minLength: 1, maxLength: 12 })

/** A text that is said for the first time. */
export const fresh = (form: (count: number, text: string) => string): Values =>
  word.map(
    (text): Later =>
      (known) =>
        form(known.next(), text),
  )

export const day = fc.date({ min: new Date('1995-01-01'), max: new Date('2035-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
export const moment = fc.oneof(
  day,
  day.map((text) => `${text}T12:34:56`),
  day.map((text) => `${text} 00:00:00.5+02:00`),
)

export const amount = fc.oneof(
  fc.integer({ min: -99_999_999, max: 99_999_999 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((number) => number.toFixed(4)),
  fc.constantFrom('0', '-0', '1e3', '-12.3400000000', 0.1, '9999999999'),
)

export const file = (text: fc.Arbitrary<string | Later>): Values =>
  text.map(
    (content): Later =>
      (known) =>
        new Blob([typeof content === 'string' ? content : String(content(known))]),
  )

const bounded = (schema: Json): fc.Arbitrary<number> => {
  const { minimum, exclusiveMinimum, maximum } = schema as Record<string, number | undefined>
  const min = minimum ?? (exclusiveMinimum === undefined ? -5 : exclusiveMinimum + 1)
  return fc.integer({ min, max: Math.min(maximum ?? 1000, 1_000_000) })
}

const ofType = (type: string, schema: Json): Values => {
  switch (type) {
    case 'integer':
      return bounded(schema)
    case 'number':
      return fc.oneof(bounded(schema), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(fitting((schema['items'] ?? {}) as Json), { maxLength: 4 })
    case 'object':
      return fittingObject(schema)
    default:
      return word
  }
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')).toWellFormed()

/** What fits a schema, however little sense it makes; `hints` know better about fields of these names. */
export const fitting = (schema: Json, hints: Readonly<Record<string, Values>> = {}): Values => {
  const { const: only, anyOf, type } = schema
  if (only !== undefined) return fc.constant(only)
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one: Json) => fitting(one, hints)))
  const types = [type].flat().filter((one) => typeof one === 'string')
  if (types.includes('object')) return fittingObject(schema, hints)
  return types.length === 0 ? word : fc.oneof(...types.map((one) => ofType(one, schema)))
}

const fittingObject = (schema: Json, hints: Readonly<Record<string, Values>> = {}): Values => {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Json>; required?: readonly string[] }
  const fields = Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, hints[name] ?? fitting(inner, hints)]))
  return fc.record(fields, { requiredKeys: [...required] })
}

const oddTexts = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  'NaN',
  '1e400',
  '1e-400',
  '0x10',
  '１２',
  '9'.repeat(400),
  '-',
  'true',
  'null',
  '[]',
  '{}',
  "' OR 1=1 -- ",
  '%',
  '_',
  '\\',
  '`',
  '\0',
  '\ud800',
  '😀',
  'a\u0301',
  '\u202e',
  '﻿',
  '<script>',
  '../../etc/passwd',
  '${7*7}',
  'a'.repeat(3_000),

  '2024-02-30',
  '0000-00-00',
  '0000-01-01',
  '9999-12-31',
  '10000-01-01',
  '2024-01-01T25:00:00',
  '(a+)+$',
  '(((((',
  '[[:alpha:]]',
  '__proto__',
  'constructor',
]
const oddNumbers = [0, -0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 2 ** 63, 2 ** 64, 1e16, 1e21, 1e308, 5e-324]

/** One more than a column holds, for columns of every width that there is. */
const tooLong = fc.constantFrom(2, 7, 13, 33, 101, 129, 257, 379, 600, 70_000).map((length) => 'a'.repeat(length))

/** Texts that read as texts everywhere, and as hardly anything else. */
export const nastyText = fc.oneof(
  tooLong,
  fc.constantFrom(...oddTexts),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
)
export const nastyNumber = fc.oneof(fc.constantFrom(...oddNumbers), fc.integer(), fc.double())

/** What no field is made for. */
export const nasty: Values = fc.oneof(
  nastyText,
  nastyNumber,
  fc.constantFrom<unknown>(true, false, null, [], {}, [[]], [null], { a: 1 }, [1, '2', null, {}], { $gt: '' }, { toString: 1 }, { length: 3 }),
  fc.jsonValue(),
)
