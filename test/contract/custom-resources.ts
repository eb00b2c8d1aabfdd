// What the API server would say of a manifest without being asked: the schema of the committed CRD, and nothing unknown.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Compile, type Validator } from 'typebox/schema'
import { parse, parseAllDocuments } from 'yaml'
import type { Structural } from '../../operator/crd/structural.ts'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Manifest {
  readonly apiVersion?: unknown
  readonly kind?: unknown
  readonly metadata?: { readonly name?: unknown }
  readonly spec?: unknown
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string
    readonly names: { readonly kind: string }
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Structural } }[]
  }
}

/** Every field that `schema` does not name is refused, as `kubectl apply` refuses it. */
const strict = (schema: Structural): Readonly<Record<string, unknown>> => ({
  ...schema,
  ...(schema.properties && { additionalProperties: false, properties: mapValues(schema.properties, strict) }),
  ...(schema.items && { items: strict(schema.items) }),
})

const mapValues = <Value, Result>(record: Readonly<Record<string, Value>>, change: (value: Value) => Result): Readonly<Record<string, Result>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

/** The schema of each kind, from crds/. */
export const schemas: ReadonlyMap<string, Structural> = new Map(
  readdirSync(`${root}crds`).flatMap((file) => {
    const { spec } = parse(readFileSync(`${root}crds/${file}`, 'utf8')) as CustomResourceDefinition
    return spec.versions.map(({ name, schema }) => [`${spec.group}/${name} ${spec.names.kind}`, schema.openAPIV3Schema] as const)
  }),
)

const validators: ReadonlyMap<string, Validator> = new Map(
  [...schemas].map(([kind, schema]) => {
    const { metadata: _metadata, ...properties } = schema.properties ?? {}
    return [kind, Compile(strict({ ...schema, properties: { ...properties, metadata: { type: 'object' } } }))]
  }),
)

/** What is wrong with a manifest of one of our kinds; empty when nothing is. */
export const problemsOf = (manifest: Manifest): readonly string[] => {
  const validator = validators.get(`${String(manifest.apiVersion)} ${String(manifest.kind)}`)
  if (!validator) return [`${String(manifest.apiVersion)} ${String(manifest.kind)} is none of our kinds`]
  if (typeof manifest.metadata?.name !== 'string') return ['metadata.name is missing']
  return validator.Errors(manifest)[1].map((error) => `${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`)
}

/** Every document of a YAML text; throws where it is no YAML. */
export const documentsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors
    if (error) throw error
    const value = document.toJS() as Manifest | null
    return value === null ? [] : [value]
  })
