import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { documentsOf, root } from '../contract/custom-resources.ts'
import { blocks } from '../contract/documents.ts'
import { freshNamespace } from './environment.ts'
import { type Manifest, refusalsOf } from './manifests.ts'

const read = (path: string) => documentsOf(readFileSync(`${root}${path}`, 'utf8'))
const samples = readdirSync(`${root}cfg/samples`).filter((name) => name.endsWith('.yaml'))
const isOurs = ({ apiVersion }: { readonly apiVersion?: unknown }) => String(apiVersion).startsWith('finia.io/')
const documented = blocks.filter(({ what, text }) => what === '' && documentsOf(text).some(isOurs))

test.each(samples)('the API server takes %s, twice', async (file) => {
  const namespace = await freshNamespace('samples')
  expect(await refusalsOf(read(`cfg/samples/${file}`), namespace)).toEqual([])
  expect(await refusalsOf(read(`cfg/samples/${file}`), namespace)).toEqual([])
})

test.each(documented)('the API server takes $place', async ({ text }) => {
  const namespace = await freshNamespace('docs')
  expect(await refusalsOf(documentsOf(text).filter(isOurs), namespace)).toEqual([])
})

// Not stored: other tests of this API server bring CustomResourceDefinitions and rights of their own.
test('the API server takes every object of install.yaml', async () => {
  const objects = read('charts/install.yaml')
  expect(objects.length).toBeGreaterThan(8)
  const namespace = await freshNamespace('install')
  const placed = objects.map((object) =>
    object.metadata && 'namespace' in object.metadata ? { ...object, metadata: { ...object.metadata, namespace } } : object,
  )
  expect(await refusalsOf(placed, namespace, { dryRun: true })).toEqual([])
})

test('the pod of the operator is let into a namespace that enforces Pod Security restricted', async () => {
  const namespace = await freshNamespace('restricted')
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  expect(await refusalsOf([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } } as Manifest], namespace)).toEqual([])
  const deployment = read('charts/install.yaml').find(({ kind }) => kind === 'Deployment') as {
    readonly spec: { readonly template: { readonly spec: object } }
  }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'operator' }, spec: deployment.spec.template.spec }
  expect(await refusalsOf([pod], namespace, { dryRun: true })).toEqual([])
  const loose = { ...pod, spec: { ...pod.spec, hostNetwork: true } }
  expect(await refusalsOf([loose], namespace, { dryRun: true })).toEqual([expect.stringContaining('violates PodSecurity "restricted')])
})
