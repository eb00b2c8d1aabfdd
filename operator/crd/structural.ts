// JSON Schema, as TypeBox makes it → a structural schema, as a CustomResourceDefinition takes it. Throws on what a CRD cannot say.
import type { TSchema } from 'typebox'

/** A structural schema (or a part of one) as plain JSON. */
export interface Structural {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Structural>>
  readonly items?: Structural
  readonly additionalProperties?: Structural
  readonly required?: readonly string[]
  readonly [keyword: string]: unknown
}

/** Keywords that a CRD has and that mean there what they mean in JSON Schema. */
const asTheyAre = new Set(['type', 'description', 'default', 'enum', 'format', 'pattern', 'title', 'example', 'nullable'])
const bounds = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'])
const sizes = new Set(['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'])

const types = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean'])

const isSchema = (value: unknown): value is TSchema => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A choice of types is said nowhere but in Kubernetes' own integer-or-string. */
const isIntOrString = (schema: TSchema, value: unknown) =>
  Reflect.get(schema, 'x-kubernetes-int-or-string') === true && JSON.stringify(value) === '[{"type":"integer"},{"type":"string"}]'

const keyword = (schema: TSchema, key: string, value: unknown, path: string): readonly [string, unknown] | undefined => {
  if (key === 'properties' && isSchema(value)) {
    return [key, Object.fromEntries(Object.entries(value).map(([name, property]) => [name, structural(property, `${path}.${name}`)]))]
  }
  if (key === 'items' && isSchema(value)) return [key, structural(value, `${path}[]`)]
  if (key === 'additionalProperties') return isSchema(value) ? [key, structural(value, `${path}.*`)] : undefined
  if (key === 'required') return [key, value]
  if (asTheyAre.has(key) || bounds.has(key) || sizes.has(key) || key.startsWith('x-kubernetes-')) return [key, value]
  if (key === 'anyOf' && isIntOrString(schema, value)) return [key, value]
  throw new Error(`${path}: a CustomResourceDefinition has no keyword ${key} of this form`)
}

/** The API server fills defaults in before it looks for what is missing, so a person may leave out whatever has one. */
const requiredOf = (schema: Structural): readonly string[] =>
  (schema.required ?? []).filter((name) => schema.properties?.[name] !== undefined && !('default' in schema.properties[name]))

/** The API server tries an object's rules on its default as it stands, without the defaults of its fields: those go in here. */
const filled = (schema: Structural): Structural => {
  if (schema['x-kubernetes-validations'] === undefined || !isSchema(schema.default)) return schema
  const values = Object.entries(schema.properties ?? {}).filter(([, property]) => 'default' in property && !isSchema(property.default))
  return { ...schema, default: { ...Object.fromEntries(values.map(([name, property]) => [name, property.default])), ...schema.default } }
}

/** Converts `schema`; `path` names it in errors. */
export const structural = (schema: TSchema, path = ''): Structural => {
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    const converted = keyword(schema, key, value, path)
    return converted === undefined ? [] : [converted]
  })
  const { required: _required, ...rest } = Object.fromEntries(entries) as Structural
  const required = requiredOf(Object.fromEntries(entries) as Structural)
  if (rest.type !== undefined && !types.has(rest.type)) throw new Error(`${path}: a CustomResourceDefinition has no type ${rest.type}`)
  if (rest.type === undefined && rest['x-kubernetes-int-or-string'] !== true) throw new Error(`${path}: a CustomResourceDefinition needs a type here`)
  return filled({ ...rest, ...(required.length > 0 && { required }) })
}
