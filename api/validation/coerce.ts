// Reads input by its schema: lax where FiniA's clients are used to it, and with every complaint in FastAPI's form.
import type { Issue } from '../errors.ts'
import { type Complaint, complain, type Reading, read, scalarReader } from './scalars.ts'

/** The part of JSON Schema that TypeBox writes for us. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
}

type Loc = readonly (string | number)[]
type Result = { readonly value: unknown; readonly issues: readonly Issue[] }

const fine = (value: unknown): Result => ({ value, issues: [] })
const wrong = (loc: Loc, input: unknown, { type, msg, ctx }: Complaint): Result => ({
  value: undefined,
  issues: [{ type, loc, msg, input: input === undefined ? null : input, ...(ctx && { ctx }) }],
})
const refuse = (loc: Loc, input: unknown, type: string, msg: string, ctx?: Record<string, unknown>): Result =>
  wrong(loc, input, { type, msg, ...(ctx && { ctx }) })

const textBounds = (schema: Schema, value: string): Reading => {
  const { minLength: min = 0, maxLength: max = Number.POSITIVE_INFINITY } = schema
  const characters = (count: number) => `${count} character${count === 1 ? '' : 's'}`
  if (value.length < min) return complain('string_too_short', `String should have at least ${characters(min)}`, { min_length: min })
  if (value.length > max) return complain('string_too_long', `String should have at most ${characters(max)}`, { max_length: max })
  return read(value)
}

const numberBounds = (schema: Schema, value: number): Reading => {
  const { minimum: ge, maximum: le, exclusiveMinimum: gt } = schema
  if (gt !== undefined && value <= gt) return complain('greater_than', `Input should be greater than ${gt}`, { gt })
  if (ge !== undefined && value < ge) return complain('greater_than_equal', `Input should be greater than or equal to ${ge}`, { ge })
  if (le !== undefined && value > le) return complain('less_than_equal', `Input should be less than or equal to ${le}`, { le })
  return read(value)
}

const choice = (allowed: readonly unknown[], value: unknown): Reading => {
  const named = allowed.map((one) => (typeof one === 'string' ? `'${one}'` : String(one)))
  const expected = named.length > 1 ? `${named.slice(0, -1).join(', ')} or ${named.at(-1)}` : named.join('')
  return allowed.includes(value) ? read(value) : complain('literal_error', `Input should be ${expected}`, { expected })
}

const bounds = (schema: Schema, value: unknown): Reading => {
  const allowed = schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  if (allowed) return choice(allowed, value)
  if (typeof value === 'string') return textBounds(schema, value)
  return typeof value === 'number' ? numberBounds(schema, value) : read(value)
}

const isRecord = (input: unknown): input is Record<string, unknown> => typeof input === 'object' && input !== null && !Array.isArray(input)

const field = (schema: Schema, parent: Record<string, unknown>, key: string, required: boolean, loc: Loc): Result => {
  const input = Object.hasOwn(parent, key) ? parent[key] : undefined
  if (input !== undefined) return coerce(schema, input, loc)
  if (schema.default !== undefined) return fine(schema.default)
  return required ? refuse(loc, parent, 'missing', 'Field required') : fine(undefined)
}

const object = (schema: Schema, input: unknown, loc: Loc): Result => {
  const { properties, required = [] } = schema
  if (!properties) return isRecord(input) ? fine(input) : refuse(loc, input, 'dict_type', 'Input should be a valid dictionary')
  if (!isRecord(input)) return refuse(loc, input, 'model_attributes_type', 'Input should be a valid dictionary or object to extract fields from')
  const results = Object.entries(properties).map(([key, inner]) => [key, field(inner, input, key, required.includes(key), [...loc, key])] as const)
  const value = Object.fromEntries(results.flatMap(([key, result]) => (result.value === undefined ? [] : [[key, result.value]])))
  return { value, issues: results.flatMap(([, result]) => result.issues) }
}

/** Each complaint repeats what it is about: of a list that is wrong throughout, all of them would be a hundred times as long as the list. */
const toldOfAList = 100

const array = (schema: Schema, input: unknown, loc: Loc): Result => {
  if (!Array.isArray(input)) return refuse(loc, input, 'list_type', 'Input should be a valid list')
  const { items = {}, minItems: min = 0 } = schema
  if (input.length < min) {
    return refuse(loc, input, 'too_short', `List should have at least ${min} item${min === 1 ? '' : 's'} after validation, not ${input.length}`)
  }
  const values: unknown[] = []
  const issues: Issue[] = []
  for (const [index, item] of input.entries()) {
    const result = coerce(items, item, [...loc, index])
    values.push(result.value)
    issues.push(...result.issues)
    if (issues.length >= toldOfAList) break
  }
  return { value: values, issues }
}

const typed = (schema: Schema, type: string, input: unknown, loc: Loc): Result => {
  const reader = scalarReader(type, schema.format)
  if (!reader) return type === 'array' ? array(schema, input, loc) : object(schema, input, loc)
  const reading = reader(input)
  const bounded = 'value' in reading ? bounds(schema, reading.value) : reading
  return 'value' in bounded ? fine(bounded.value) : wrong(loc, input, bounded.complaint)
}

/** The first that fits, else what the first one that is not null has to complain. */
const firstOf = (attempts: readonly (() => Result)[]): Result => {
  let first: Result | undefined
  for (const attempt of attempts) {
    const result = attempt()
    if (result.issues.length === 0) return result
    first ??= result
  }
  return first ?? fine(undefined)
}

/** The input as the schema wants it, or everything that is wrong with it. Unknown keys are dropped. */
export const coerce = (schema: Schema, input: unknown, loc: Loc): Result => {
  if (schema.anyOf) return firstOf(schema.anyOf.map((one) => () => coerce(one, input, loc)))
  const literal = schema.const !== undefined || schema.enum !== undefined
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (input === null && types.includes('null')) return fine(null)
  if (types.length > 0) return firstOf(types.filter((type) => type !== 'null').map((type) => () => typed(schema, type, input, loc)))
  if (!literal) return fine(input)
  const chosen = bounds(schema, input)
  return 'value' in chosen ? fine(chosen.value) : wrong(loc, input, chosen.complaint)
}
