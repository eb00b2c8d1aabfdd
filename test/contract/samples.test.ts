import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Structural } from '../../operator/crd/structural.ts'
import { documentsOf, type Manifest, problemsOf, root, schemas } from './custom-resources.ts'

const folder = `${root}cfg/samples/`
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const sample = (name: string): readonly Manifest[] => documentsOf(readFileSync(folder + name, 'utf8'))

/** The fields below a schema that have none below themselves. */
const leaves = (schema: Structural, path: string): readonly string[] =>
  schema.properties ? Object.entries(schema.properties).flatMap(([name, property]) => leaves(property, `${path}.${name}`)) : [path]

const isSet = (value: unknown, path: string): boolean =>
  path.split('.').reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value) !== undefined

const fieldsOf = (kind: string): readonly string[] => {
  const spec = schemas.get(`finia.io/v1alpha1 ${kind}`)?.properties?.['spec']
  return spec ? leaves(spec, 'spec') : []
}

const unset = (kind: string, manifests: readonly Manifest[]): readonly string[] =>
  fieldsOf(kind).filter((field) => !manifests.some((manifest) => manifest.kind === kind && isSet(manifest, field)))

test.each(files)('%s is what the schemas of our kinds allow', (file) => {
  const manifests = sample(file)
  expect(manifests).not.toEqual([])
  expect(manifests.flatMap(problemsOf)).toEqual([])
})

test.each(files.filter((file) => file !== 'users.yaml'))('every user of %s belongs to an instance of the same file', (file) => {
  const manifests = sample(file)
  const instances = manifests.filter(({ kind }) => kind === 'FiniaInstance').map(({ metadata }) => metadata?.name)
  const users = manifests.filter(({ kind }) => kind === 'FiniaUser').map(({ spec }) => Reflect.get(spec as object, 'instance'))
  expect(users.filter((instance) => !instances.includes(instance))).toEqual([])
})

test('the smallest instance sets its host and nothing else', () => {
  const [instance] = sample('smallest.yaml')
  expect(instance?.spec).toEqual({ ingress: { host: 'finia.example.com' } })
})

test('production.yaml sets every field of an instance, but for those of another database, another edge and Secrets of one’s own', () => {
  const external = fieldsOf('FiniaInstance').filter((field) => field.startsWith('spec.database.external.'))
  expect(external).not.toEqual([])
  const gateway = fieldsOf('FiniaInstance').filter((field) => field.startsWith('spec.ingress.gateway.'))
  const others = ['spec.api.keysSecretName', ...gateway, 'spec.ingress.tls.secretName', ...external, 'spec.database.tls.caSecretName']
  expect(unset('FiniaInstance', sample('production.yaml'))).toEqual(others)
  expect(unset('FiniaUser', sample('production.yaml'))).toEqual([])
})

test('external.yaml sets every field of an external database, and the CA', () => {
  const ofExternal = (field: string) => field.startsWith('spec.database.external.') || field === 'spec.database.tls.caSecretName'
  expect(unset('FiniaInstance', sample('external.yaml')).filter(ofExternal)).toEqual([])
})
