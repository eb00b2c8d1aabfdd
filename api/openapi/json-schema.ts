// What the schemas of the routes are to somebody else: plain JSON Schema, without the words that only our reader knows. Pure.
import type { Schema } from '../validation/coerce.ts'

export type Json = Readonly<Record<string, unknown>>

/** What our formats accept, by type and format. */
const formats: Readonly<Record<string, Json>> = {
  'string:decimal': { type: ['string', 'number'], description: 'A decimal number, as a text to keep every digit: "-12.34".' },
  'string:date-time-lax': {
    type: ['string', 'number'],
    description: 'YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS, or seconds since 1970. The digits count; an offset is dropped.',
  },
  'object:upload': { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream', description: 'A file.' },
}

const typesOf = ({ type }: { readonly type?: string | readonly string[] }): readonly string[] => (typeof type === 'string' ? [type] : (type ?? []))

const union = (types: readonly string[]): string | readonly string[] => (types.length === 1 ? (types[0] ?? 'null') : [...new Set(types)])

/** A schema's own words; what it is made of is done by `plain`. */
const scalar = (schema: Schema & { readonly nullable?: boolean }): Json => {
  const { nullable, format, ...words } = schema
  const types = [...typesOf(schema), ...(nullable ? ['null'] : [])]
  const known = formats[`${types[0]}:${format}`]
  if (!known) return { ...words, ...(format && { format }), ...(types.length > 0 && { type: union(types) }) }
  const { type, ...rest } = known as Json & { type: string | readonly string[] }
  return { ...words, ...rest, type: union([...typesOf({ type }), ...types.slice(1)]) }
}

/** What has a default need not be sent, whatever TypeBox makes of it. */
const required = ({ required: names, properties = {} }: Schema) => names && { required: names.filter((name) => properties[name]?.default === undefined) }

export const plain = (schema: Schema): Json => ({
  ...scalar(schema),
  ...required(schema),
  ...(schema.properties && { properties: Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, plain(inner)])) }),
  ...(schema.items && { items: plain(schema.items) }),
  ...(schema.anyOf && { anyOf: schema.anyOf.map(plain) }),
})
