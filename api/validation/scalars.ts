// Lax reading of single values, as FastAPI's clients are used to it. Each reader answers the value or what is wrong with it.
import type { Issue } from '../errors.ts'
import { isDateTimeText, readDateTime } from './date-time.ts'
import { readDecimal } from './decimal.ts'

/** What is wrong, without where. */
export type Complaint = Pick<Issue, 'type' | 'msg' | 'ctx'>
export type Reading = { readonly value: unknown } | { readonly complaint: Complaint }

export const read = (value: unknown): Reading => ({ value })
export const complain = (type: string, msg: string, ctx?: Record<string, unknown>): Reading => ({ complaint: { type, msg, ...(ctx && { ctx }) } })

const integerText = /^[+-]?\d+(\.0+)?$/
const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const truths = new Set(['true', 'yes', 'on', 't', 'y', '1'])
const lies = new Set(['false', 'no', 'off', 'f', 'n', '0'])

const integer = (input: unknown): Reading => {
  if (typeof input === 'boolean') return read(Number(input))
  if (typeof input === 'string') {
    if (!integerText.test(input.trim())) return complain('int_parsing', 'Input should be a valid integer, unable to parse string as an integer')
    input = Number(input)
  }
  if (typeof input !== 'number') return complain('int_type', 'Input should be a valid integer')
  if (Math.abs(input) > Number.MAX_SAFE_INTEGER) return complain('int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size')
  if (!Number.isInteger(input)) return complain('int_from_float', 'Input should be a valid integer, got a number with a fractional part')
  return read(input)
}

const number = (input: unknown): Reading => {
  if (typeof input === 'boolean') return read(Number(input))
  if (typeof input === 'string') {
    if (!numberText.test(input.trim())) return complain('float_parsing', 'Input should be a valid number, unable to parse string as a number')
    input = Number(input)
  }
  if (typeof input !== 'number') return complain('float_type', 'Input should be a valid number')
  return Number.isFinite(input) ? read(input) : complain('finite_number', 'Input should be a finite number')
}

const boolean = (input: unknown): Reading => {
  if (typeof input === 'boolean') return read(input)
  if (typeof input !== 'string' && typeof input !== 'number') return complain('bool_type', 'Input should be a valid boolean')
  const text = String(input).toLowerCase()
  if (truths.has(text)) return read(true)
  return lies.has(text) ? read(false) : complain('bool_parsing', 'Input should be a valid boolean, unable to interpret input')
}

const plainText = (input: unknown): Reading => (typeof input === 'string' ? read(input) : complain('string_type', 'Input should be a valid string'))

const decimal = (input: unknown): Reading => {
  if (typeof input !== 'string' && typeof input !== 'number')
    return complain('decimal_type', 'Decimal input should be an integer, float, string or Decimal object')
  const text = readDecimal(String(input).trim())
  if (text === undefined) return complain('decimal_parsing', 'Input should be a valid decimal')
  const whole = text.replace(/^-/, '').split('.')[0] ?? ''
  // DECIMAL(20,10) in every table
  return whole.length > 10
    ? complain('decimal_whole_digits', 'Decimal input should have no more than 10 digits before the decimal point', { whole_digits: 10 })
    : read(text)
}

const dateTime = (input: unknown): Reading => {
  if (typeof input !== 'string' && typeof input !== 'number') return complain('datetime_type', 'Input should be a valid datetime')
  const text = readDateTime(input)
  if (text !== undefined) return read(text)
  const error = typeof input === 'string' && isDateTimeText(input) ? 'this day or time does not exist' : 'expected YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS'
  return complain('datetime_from_date_parsing', `Input should be a valid datetime or date, ${error}`, { error })
}

const upload = (input: unknown): Reading => {
  const isFile = typeof input === 'object' && input !== null && 'content' in input && Buffer.isBuffer(input.content)
  return isFile ? read(input) : complain('value_error', `Value error, Expected UploadFile, received: ${typeof input}`, { error: {} })
}

const readers: Readonly<Record<string, (input: unknown) => Reading>> = {
  integer,
  number,
  boolean,
  string: plainText,
  null: (input) => (input === null ? read(null) : complain('none_required', 'Input should be None')),
  'string:decimal': decimal,
  'string:date-time-lax': dateTime,
  'object:upload': upload,
}

/** The reader for a type and format, or undefined when it is no scalar. */
export const scalarReader = (type: string, format: string | undefined) => readers[`${type}:${format ?? ''}`] ?? readers[type]
