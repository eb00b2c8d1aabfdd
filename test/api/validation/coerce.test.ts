import fc from 'fast-check'
import { type TSchema, Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { coerce, type Schema } from '../../../api/validation/coerce.ts'
import { DateTime, Decimal, Nullable, OptionalNull } from '../../../api/validation/types.ts'

const read = (schema: TSchema, input: unknown) => {
  const { value, issues } = coerce(schema as Schema, input, ['body'])
  return issues.length > 0 ? issues.map(({ type }) => type).join() : value
}

describe('what FiniA’s clients may write', () => {
  test.each<[string, TSchema, unknown, unknown]>([
    ['an integer as text', Type.Integer(), '5', 5],
    ['an integer with a zero fraction', Type.Integer(), '1.0', 1],
    ['true as an integer', Type.Integer(), true, 1],
    ['a fraction as an integer', Type.Integer(), 10.5, 'int_from_float'],
    ['an empty text as an integer', Type.Integer(), '', 'int_parsing'],
    ['null as an integer', Type.Integer(), null, 'int_type'],
    ['an integer beyond what numbers hold', Type.Integer(), '9007199254740993', 'int_parsing_size'],
    ['a number as text', Type.Number(), '1.5e2', 150],
    ['a comma in a number', Type.Number(), '1,5', 'float_parsing'],
    ['infinity', Type.Number(), '1e999', 'finite_number'],
    ['a number as text field', Type.String(), 5, 'string_type'],
    ['yes', Type.Boolean(), 'Yes', true],
    ['off', Type.Boolean(), 'OFF', false],
    ['1', Type.Boolean(), 1, true],
    ['2 as a boolean', Type.Boolean(), 2, 'bool_parsing'],
    ['a list as a boolean', Type.Boolean(), [], 'bool_type'],
    ['a decimal with an exponent', Decimal, '1e3', '1000'],
    ['a decimal number', Decimal, -12.34, '-12.34'],
    ['a tiny decimal', Decimal, 1e-7, '0.0000001'],
    ['a decimal comma', Decimal, '1,5', 'decimal_parsing'],
    ['a decimal that no column holds', Decimal, '12345678901', 'decimal_whole_digits'],
    ['a day', DateTime, '2026-02-03', '2026-02-03 00:00:00'],
    ['a time with a zone, which is dropped', DateTime, '2026-02-03T23:20:30+05:00', '2026-02-03 23:20:30'],
    ['a time with a fraction, which is dropped', DateTime, '2026-02-03 23:20:30.75Z', '2026-02-03 23:20:30'],
    ['unix seconds', DateTime, 1_767_225_600, '2026-01-01 00:00:00'],
    ['unix milliseconds', DateTime, 1_767_225_600_000, '2026-01-01 00:00:00'],
    ['a day that does not exist', DateTime, '2026-02-30', 'datetime_from_date_parsing'],
    ['an empty day', DateTime, '', 'datetime_from_date_parsing'],
    ['null where it may be', Nullable(Type.Integer()), null, null],
    ['a text where null may be', Nullable(Type.Integer()), 'x', 'int_parsing'],
    ['a number below its bound', Type.Integer({ minimum: 1 }), 0, 'greater_than_equal'],
    ['a number at an open bound', Type.Integer({ exclusiveMinimum: 0 }), 0, 'greater_than'],
    ['a number above its bound', Type.Integer({ maximum: 9 }), 10, 'less_than_equal'],
    ['a short text', Type.String({ minLength: 1 }), '', 'string_too_short'],
    ['a text that is no choice', Type.Enum(['a', 'b']), 'c', 'literal_error'],
    ['a text as an object', Type.Object({ a: Type.Integer() }), 'x', 'model_attributes_type'],
    ['a list as a free object', Type.Record(Type.String(), Type.Unknown()), [], 'dict_type'],
    ['an object as a list', Type.Array(Type.Integer()), {}, 'list_type'],
  ])('%s', (_what, schema, input, expected) => {
    expect(read(schema, input)).toEqual(expected)
  })
})

const Item = Type.Object({ id: Type.Integer(), note: OptionalNull(Type.String()), size: Type.Integer({ default: 20 }) })

test('absent fields get their defaults, unknown ones are dropped, and every complaint says where', () => {
  const Body = Type.Object({ entries: Type.Array(Item), name: Type.Optional(Type.String()) })
  expect(read(Body, { entries: [{ id: '1', extra: true }], more: 1 })).toEqual({ entries: [{ id: 1, note: null, size: 20 }] })
  expect(coerce(Body as Schema, { entries: [{ id: 1 }, { note: 5 }], name: 1 }, ['body']).issues).toEqual([
    { type: 'missing', loc: ['body', 'entries', 1, 'id'], msg: 'Field required', input: { note: 5 } },
    { type: 'string_type', loc: ['body', 'entries', 1, 'note'], msg: 'Input should be a valid string', input: 5 },
    { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: 1 },
  ])
})

test('names of an object’s own machinery are no fields', () => {
  expect(read(Type.Object({ constructor: Type.Optional(Type.String()) }), {})).toEqual({})
})

test('any decimal that fits is read exactly, digit by digit', () =>
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.nat(10), fc.boolean(), (digits, scale, negative) => {
      const text = digits.toString().padStart(scale + 1, '0')
      const plain = `${negative ? '-' : ''}${text.slice(0, text.length - scale)}${scale > 0 ? `.${text.slice(text.length - scale)}` : ''}`
      fc.pre(text.length - scale <= 10)
      expect(read(Decimal, plain)).toBe(plain)
      expect(read(Decimal, `${negative ? '-' : ''}${digits}e-${scale}`)).toBe(plain)
    }),
  ))

test('any moment is read to the second, however it is written', () =>
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
      fc.constantFrom('', 'Z', '+02:00', '-0330'),
      (date, zone) => {
        const [day = '', time = ''] = date.toISOString().slice(0, 19).split('T')
        for (const separator of ['T', ' ']) expect(read(DateTime, `${day}${separator}${time}${zone}`)).toBe(`${day} ${time}`)
      },
    ),
  ))

test('whatever JSON is sent, the answer is a value or complaints, never an exception', () =>
  fc.assert(
    fc.property(fc.jsonValue(), (input) => {
      const { value, issues } = coerce(Type.Object({ items: Type.Array(Item), at: DateTime, amount: Decimal }) as Schema, input, ['body'])
      expect(issues.length > 0 || typeof value === 'object').toBe(true)
    }),
  ))
