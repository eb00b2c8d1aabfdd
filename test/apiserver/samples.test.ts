import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { documentsOf, root } from '../contract/custom-resources.ts'
import { blocks } from '../contract/documents.ts'
import { freshNamespace } from './environment.ts'
import { refusalsOf } from './manifests.ts'

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
