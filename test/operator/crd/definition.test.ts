import { expect, test } from 'vitest'
import { type Definition, definitions } from '../../../operator/crd/definition.ts'
import type { Structural } from '../../../operator/crd/structural.ts'

const schemaOf = (definition: Definition): Structural => {
  const schema = definition.spec.versions[0]?.schema.openAPIV3Schema
  if (!schema) throw new Error(`${definition.metadata.name} has no schema`)
  return schema
}

interface Field {
  readonly path: string
  readonly schema: Structural
}

/** A schema and everything below it; a list's items and a map's values are no fields of their own. */
const walk = (schema: Structural, path: string): readonly Field[] => [
  { path, schema },
  ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => walk(property, `${path}.${name}`)),
  ...(schema.items ? walk(schema.items, `${path}[]`).slice(1) : []),
  ...(schema.additionalProperties ? walk(schema.additionalProperties, `${path}.*`).slice(1) : []),
]

const every = definitions.map((definition) => ({
  name: definition.spec.names.kind,
  definition,
  fields: walk(schemaOf(definition), definition.spec.names.kind),
}))

test.each(every)('every field of $name has a description of its own', ({ fields }) => {
  expect(fields.length).toBeGreaterThan(15)
  expect(fields.filter(({ schema }) => !/^[A-Z'].*[.]$/s.test(schema.description ?? '')).map(({ path }) => path)).toEqual([])
  const shared = fields.flatMap(({ path, schema }) => {
    const texts = Object.values(schema.properties ?? {}).map(({ description }) => description)
    return texts.filter((text, index) => texts.indexOf(text) !== index).map((text) => `${path}: ${text}`)
  })
  expect(shared).toEqual([])
})

test.each(every)('every text, list and map of the spec of $name is bounded, so that rules have a cost', ({ definition }) => {
  const boundless = walk(schemaOf(definition).properties?.['spec'] ?? {}, 'spec').filter(({ schema }) => {
    if (schema.type === 'string') return schema['maxLength'] === undefined && schema['enum'] === undefined
    if (schema.type === 'array') return schema['maxItems'] === undefined
    return schema.additionalProperties !== undefined && schema['maxProperties'] === undefined
  })
  expect(boundless.map(({ path }) => path)).toEqual([])
})

test.each(every)('every pattern of $name matches the whole text', ({ fields }) => {
  const patterns = fields.flatMap(({ path, schema }) => (typeof schema['pattern'] === 'string' ? [{ path, pattern: schema['pattern'] }] : []))
  expect(patterns.filter(({ pattern }) => !/^\^.*\$$/s.test(pattern))).toEqual([])
})

test.each(every)('every rule of $name names the field, or says how it should look', ({ fields }) => {
  const rules = fields.flatMap(({ path, schema }) =>
    ((schema['x-kubernetes-validations'] ?? []) as readonly { readonly message: string }[]).map((rule) => ({ path, ...rule })),
  )
  expect(rules).not.toEqual([])
  expect(rules.filter(({ message }) => !/(spec|metadata)\.[a-zA-Z.]+ |such as/.test(message))).toEqual([])
})

test.each(every)('the columns of $name point at fields that there are', ({ definition, fields }) => {
  const paths = new Set(fields.map(({ path }) => path.replace(/^[^.]+/, '')))
  const columns = definition.spec.versions[0]?.additionalPrinterColumns ?? []
  const lost = columns.filter(({ jsonPath }) => !paths.has(jsonPath.replace(/\[\?.*?\)\]/, '[]')) && jsonPath !== '.metadata.creationTimestamp')
  expect(lost).toEqual([])
})

test('an instance shows whether it works, where and in which version; a user whose it is; an operation how far it is', () => {
  const columns = definitions.map(({ spec }) =>
    spec.versions[0]?.additionalPrinterColumns.filter(({ priority }) => !priority).map(({ name }) => name.toUpperCase()),
  )
  expect(columns).toEqual([
    ['READY', 'VERSION', 'API', 'PODS', 'PRIMARY', 'URL', 'AGE'],
    ['READY', 'USER', 'DATABASE', 'SCHEMA', 'INSTANCE', 'AGE'],
    ['TYPE', 'INSTANCE', 'STATE', 'STEP', 'AGE'],
  ])
  expect(definitions.map(({ spec }) => [...spec.names.shortNames, ...spec.names.categories])).toEqual([
    ['fi', 'finia', 'all'],
    ['fu', 'finia'],
    ['fo', 'finia'],
  ])
})

test('kubectl scale and an autoscaler find the number of API pods', () => {
  expect(definitions[0]?.spec.versions[0]?.subresources).toEqual({
    status: {},
    scale: { specReplicasPath: '.spec.api.replicas', statusReplicasPath: '.status.api.replicas', labelSelectorPath: '.status.api.selector' },
  })
})
