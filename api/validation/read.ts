// Reads a file of ours by its schema, as requests are read by theirs.
import type { Static, TSchema } from 'typebox'
import type { Issue } from '../errors.ts'
import { coerce, type Schema } from './coerce.ts'

export type Reading<T> = { readonly value: T } | { readonly issues: readonly Issue[] }

export const read = <T extends TSchema>(schema: T, input: unknown): Reading<Static<T>> => {
  // what TypeBox builds is JSON Schema, and what coerce() answers without an issue fits it
  const { value, issues } = coerce(schema as unknown as Schema, input, [])
  return issues.length > 0 ? { issues } : { value: value as Static<T> }
}
