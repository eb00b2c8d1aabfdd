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
  /** In CEL, for a sentence that names the value. */
  readonly messageExpression?: string
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

/** A time span such as `90s`, `15m` or `1h30m`, never zero. */
export const Duration = (options: FieldOptions) =>
  Type.String({
    pattern: '^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$',
    minLength: 2,
    maxLength: 20,
    ...rules({ rule: "duration(self) > duration('0s')", message: 'must be longer than nothing, such as 30s, 15m or 1h30m' }),
    ...options,
  })

/** A size such as `10Gi` or `500M`. */
export const Quantity = (options: FieldOptions) => Type.String({ pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$', maxLength: 20, ...options })

/** The name of an object in the same namespace. */
export const ObjectName = (options: FieldOptions) => Type.String({ pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', maxLength: 253, ...options })

/** A container image reference; empty is never one. */
export const Image = (options: FieldOptions) => Type.String({ pattern: '^[a-z0-9]([a-zA-Z0-9._:/@-]*[a-zA-Z0-9])?$', maxLength: 512, ...options })

/** A map of texts to texts, such as labels. */
export const TextMap = (options: FieldOptions) =>
  Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string', maxLength: 4096 }, maxProperties: 64, ...options })

/** What people write as `2`, `500m` or `2Gi`, quoted or not. */
const amounts = (description: string) => ({
  type: 'object',
  maxProperties: 16,
  additionalProperties: {
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$',
  },
  description,
})

type Amounts = Readonly<Record<string, string | number>>

/** What a container asks for and is held to. */
export const Resources = (options: FieldOptions) =>
  Type.Unsafe<{ readonly requests?: Amounts; readonly limits?: Amounts }>({
    type: 'object',
    properties: {
      requests: amounts('What the scheduler sets aside, such as cpu and memory.'),
      limits: amounts('What is never exceeded, such as memory.'),
    },
    ...options,
  })

/** Taints of nodes that pods put up with. */
export const Tolerations = (options: FieldOptions) =>
  Type.Array(
    Type.Object({
      key: Type.Optional(Type.String({ maxLength: 316, description: 'Key of the taint. Absent, with operator Exists: any.' })),
      operator: Type.Optional(Choice(['Exists', 'Equal'], { description: 'Whether the taint must have the value as well. Absent = Equal.' })),
      value: Type.Optional(Type.String({ maxLength: 63, description: 'Value of the taint.' })),
      effect: Type.Optional(Choice(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], { description: 'Effect of the taint. Absent: every one.' })),
      tolerationSeconds: Type.Optional(
        Type.Integer({ description: 'How long a pod stays on a node that got the taint, with effect NoExecute. Absent = for good.' }),
      ),
    }),
    { 'x-kubernetes-list-type': 'atomic', maxItems: 50, ...options },
  )

/** A list without order of which each item is its own key. */
export const SetOf = <Item extends TSchema>(item: Item, options: FieldOptions & { maxItems?: number }) =>
  Type.Array(item, { 'x-kubernetes-list-type': 'set', ...options })

/** A part of a pod's specification that Kubernetes itself checks when the pod's owner is applied. */
export const PodFragment = <T>(options: FieldOptions) => Type.Unsafe<T>({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...options })

export type { Static }
