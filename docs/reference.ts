// The text of docs/reference.md, from the definitions that the cluster gets, so that the two cannot say different things.
import { type Definition, definitions } from '../operator/crd/definition.ts'
import type { Structural } from '../operator/crd/structural.ts'

interface Rule {
  readonly message: string
}

const head = `<!-- Generated from operator/crd by \`npm run generate\`. Do not edit. -->

# Reference

Every field of every custom resource. In a cluster, \`kubectl explain fi.spec.api\` says the same. A field without a default may be
left out, unless it is marked as required. References such as \`caSecretName\` name objects in the same namespace.
`

/** A table in the form that the formatter gives it: every column as wide as its widest cell. */
const aligned = (lines: readonly (readonly string[])[]): string => {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const row = (line: readonly string[], fill: string) => `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
  const [titles, ...body] = lines
  return [
    row(titles ?? [], ' '),
    row(
      widths.map(() => ''),
      '-',
    ),
    ...body.map((line) => row(line, ' ')),
  ].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').replaceAll('<', '&lt;')
const code = (value: unknown): string => `\`${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('|', '\\|')}\``

const numberOf = (value: unknown): string => (typeof value === 'number' ? String(value) : '')

const range = ({ minimum, maximum }: Structural): string =>
  minimum === undefined && maximum === undefined ? '' : `, ${numberOf(minimum)}–${numberOf(maximum)}`

const typeOf = (schema: Structural): string => {
  if (Array.isArray(schema['enum'])) return schema['enum'].map(code).join(' ')
  if (schema.items) return `list of ${schema.items.properties ? 'object' : typeOf(schema.items)}`
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`
  return `${schema.type ?? 'integer or string'}${range(schema)}`
}

const defaultOf = (schema: Structural, required: boolean): string => {
  if (required) return 'required'
  if (schema.default === undefined || (schema.properties && JSON.stringify(schema.default) === '{}')) return ''
  return schema.default === '' ? '`""`' : code(schema.default)
}

/** One row for each field, in the order of the schema, an object before its own. */
const rows = (schema: Structural, path: string): readonly (readonly string[])[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = `${path}.${name}`
    const row = [`\`${here}\``, typeOf(field), defaultOf(field, schema.required?.includes(name) === true), cell(field.description ?? '')]
    return [row, ...rows(field, here), ...(field.items ? rows(field.items, `${here}[]`) : [])]
  })

const table = (schema: Structural | undefined, path: string): string =>
  schema ? aligned([['field', 'type', 'default', 'meaning'], ...rows(schema, path)]) : ''

const isRules = (value: unknown): value is readonly Rule[] => Array.isArray(value)

/** The sentences of the rules anywhere in a schema. */
const sentences = (schema: Structural): readonly string[] => [
  ...(isRules(schema['x-kubernetes-validations']) ? schema['x-kubernetes-validations'].map(({ message }) => message) : []),
  ...Object.values(schema.properties ?? {}).flatMap(sentences),
  ...(schema.items ? sentences(schema.items) : []),
]

const section = ({ spec }: Definition): string => {
  const version = spec.versions[0]
  const schema = version?.schema.openAPIV3Schema
  if (!version || !schema) return ''
  const columns = version.additionalPrinterColumns.map(({ name, description }) => [name.toUpperCase(), cell(description)])
  return [
    `## ${spec.names.kind}`,
    `${schema.description ?? ''} \`apiVersion: ${spec.group}/${version.name}\`, short name \`${spec.names.shortNames.join(', ')}\`.`,
    '### Spec',
    table(schema.properties?.['spec'], 'spec'),
    '### What is refused, and the sentence that says why',
    [...new Set(sentences(schema))].map((sentence) => `- ${cell(sentence)}`).join('\n'),
    '### Status',
    table(schema.properties?.['status'], 'status'),
    '### Columns of `kubectl get`',
    aligned([['column', 'meaning'], ...columns]),
  ].join('\n\n')
}

export const referenceFile = (): string => `${[head.trimEnd(), ...definitions.map(section)].join('\n\n')}\n`
