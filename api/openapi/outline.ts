// A schema as lines for a person. Pure.

import type { OpenApi } from './document.ts'
import type { Json } from './json-schema.ts'

/** The node itself, or what it refers to within the document. */
export const resolved = (document: Pick<OpenApi, 'components'>, node: Json): Json => {
  const { $ref } = node
  if (typeof $ref !== 'string') return node
  const target = $ref
    .split('/')
    .slice(1)
    .reduce<unknown>((inside, key) => (inside as Json | undefined)?.[key], document)
  if (typeof target !== 'object' || target === null) throw new Error(`the document has no ${$ref}`)
  return target as Json
}

const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'minLength', 'maxLength'] as const
const signs = { minimum: '≥', maximum: '≤', exclusiveMinimum: '>', minLength: 'at least', maxLength: 'at most' } as const

/** "integer or null, ≥ 1, default 1" */
export const wordsOf = (schema: Json): string => {
  const { type, const: only, default: preset, anyOf, description, examples } = schema
  const choices = Array.isArray(anyOf) ? anyOf.map((one: Json) => wordsOf(one)).join(' or ') : ''
  const types = only === undefined ? [type].flat().filter((one) => typeof one === 'string') : [JSON.stringify(only)]
  return [
    types.join(' or ') || choices || 'anything',
    ...bounds.filter((name) => schema[name] !== undefined).map((name) => `${signs[name]} ${String(schema[name])}`),
    ...(preset === undefined ? [] : [`default ${JSON.stringify(preset)}`]),
    ...(typeof description === 'string' ? [description] : []),
    ...(Array.isArray(examples) ? [`such as ${JSON.stringify(examples[0])}`] : []),
  ].join(', ')
}

const indent = '  '

export const outline = (document: Pick<OpenApi, 'components'>, node: Json, depth = 0): readonly string[] => {
  const schema = resolved(document, node)
  const { properties, items, required = [] } = schema as { properties?: Record<string, Json>; items?: Json; required?: readonly string[] }
  if (properties) {
    return Object.entries(properties).flatMap(([name, inner]) => [
      `${indent.repeat(depth)}${name}${required.includes(name) ? '' : '?'}: ${wordsOf(resolved(document, inner))}`,
      ...nested(document, inner, depth + 1),
    ])
  }
  if (items) return [`${indent.repeat(depth)}list of ${wordsOf(resolved(document, items))}`, ...nested(document, items, depth + 1)]
  return depth === 0 ? [wordsOf(schema)] : []
}

const nested = (document: Pick<OpenApi, 'components'>, node: Json, depth: number): readonly string[] => {
  const schema = resolved(document, node)
  const parts = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as readonly Json[]) : [schema]
  return parts.flatMap((part) => outline(document, part, depth))
}
