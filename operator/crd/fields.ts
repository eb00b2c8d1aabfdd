// The small vocabulary that the custom resources' schemas are written in.
import { type Static, type TProperties, type TSchema, Type } from 'typebox'

/** Keywords of a Kubernetes structural schema beside those of JSON Schema; a description is never left out. */
export interface FieldOptions {
  readonly description: string
  readonly default?: unknown
  readonly [keyword: `x-kubernetes-${string}`]: unknown
}

/** A CEL rule of the schema: what must hold, and the sentence that a person reads when it does not. */
export interface Rule {
  readonly rule: string
  readonly message: string
  readonly fieldPath?: string
}

/** Rules as the keyword `x-kubernetes-validations`. */
export const rules = (...validations: Rule[]) => ({ 'x-kubernetes-validations': validations }) as const

/** Refuses a change after creation; `name` is how the sentence calls the field. */
export const immutable = (name: string) =>
  rules({ rule: 'self == oldSelf', message: `${name} cannot be changed after creation: delete the object and create it anew` })

/** One of some words. */
export const Choice = <const Values extends readonly string[]>(values: Values, options: FieldOptions) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options })

/** An object all of whose fields may be left out: the API server then fills in each default. */
export const Group = <Properties extends TProperties>(properties: Properties, options: FieldOptions) => Type.Object(properties, { default: {}, ...options })

/** A time span such as `90s`, `15m` or `1h30m`; zero is `0s`. */
export const Duration = (options: FieldOptions) => Type.String({ pattern: '^([0-9]+h)?([0-9]+m)?([0-9]+s)?$', minLength: 2, maxLength: 20, ...options })

/** A size such as `10Gi` or `500M`. */
export const Quantity = (options: FieldOptions) => Type.String({ pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$', maxLength: 20, ...options })

/** The name of an object in the same namespace. */
export const ObjectName = (options: FieldOptions) => Type.String({ pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', maxLength: 253, ...options })

/** A container image reference; empty is never one. */
export const Image = (options: FieldOptions) => Type.String({ pattern: '^[a-z0-9]([a-zA-Z0-9._:/@-]*[a-zA-Z0-9])?$', maxLength: 512, ...options })

/** A map of texts to texts, such as labels. */
export const TextMap = (options: FieldOptions) =>
  Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string' }, ...options })

/** A list without order of which each item is its own key. */
export const SetOf = <Item extends TSchema>(item: Item, options: FieldOptions & { maxItems?: number }) =>
  Type.Array(item, { 'x-kubernetes-list-type': 'set', ...options })

/** A fragment of a pod's specification that Kubernetes itself checks. */
export const PodFragment = <T>(options: FieldOptions & { type?: 'object' | 'array' }) =>
  Type.Unsafe<T>(
    options.type === 'array'
      ? { items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, ...options }
      : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...options },
  )

export type { Static }
