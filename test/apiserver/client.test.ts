import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeObject } from '../../operator/deps.ts'
import { connect, freshNamespace } from './environment.ts'

const configMaps = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' }
const { kube, close } = connect()
let namespace: string

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const manifest = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
const ref = (name: string) => ({ resource: configMaps, namespace, name })

beforeAll(async () => {
  namespace = await freshNamespace()
})
afterAll(close)

test('an object is created once, applied, patched, read and deleted, and what is gone reads as undefined', async () => {
  expect((await kube.create<ConfigMap>(configMaps, manifest('one', { a: '1' })))?.data).toEqual({ a: '1' })
  expect(await kube.create(configMaps, manifest('one'))).toBeUndefined()
  expect((await kube.apply<ConfigMap>(configMaps, manifest('one', { a: '2' }))).data).toEqual({ a: '2' })
  expect((await kube.patch<ConfigMap>(ref('one'), { data: { b: '3' } })).data).toEqual({ a: '2', b: '3' })
  await kube.delete(ref('one'))
  expect(await kube.get(ref('one'))).toBeUndefined()
  await kube.delete(ref('one'))
})
