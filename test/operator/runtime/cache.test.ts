import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/deps.ts'
import { Caches } from '../../../operator/runtime/cache.ts'
import { ObjectStore } from '../../../operator/runtime/store.ts'

const pods = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' }
const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' }

const pod = (namespace: string, name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels, uid: `uid-${name}`, resourceVersion: '1' },
})

const cacheOf = (...watched: readonly { readonly namespace: string; readonly objects: readonly KubeObject[] }[]) => {
  const caches = new Caches()
  for (const { namespace, objects } of watched) {
    const store = new ObjectStore()
    store.replace(objects)
    caches.add({ resource: pods, namespace, store, served: () => true })
  }
  return caches
}

describe('the cache', () => {
  test('finds objects by name and by all of some labels, over every watch of the kind', () => {
    const cache = cacheOf(
      { namespace: 'a', objects: [pod('a', 'one', { x: '1', y: '2' }), pod('a', 'two', { x: '1' })] },
      { namespace: 'b', objects: [pod('b', 'three', { x: '1', y: '2' })] },
    )
    const names = (found: readonly KubeObject[]) => found.map(({ metadata }) => metadata.name)
    expect(cache.get({ resource: pods, namespace: 'a', name: 'two' })?.metadata.uid).toBe('uid-two')
    expect(cache.get({ resource: pods, namespace: 'b', name: 'two' })).toBeUndefined()
    expect(names(cache.list(pods, 'a', { x: '1' }))).toEqual(['one', 'two'])
    expect(names(cache.list(pods, 'a', { x: '1', y: '2' }))).toEqual(['one'])
  })

  test('does not say "nothing there" of what nobody watches', () => {
    const cache = cacheOf({ namespace: 'a', objects: [] })
    expect(() => cache.list(pods, 'b')).toThrow('pods in namespace b are not watched')
    expect(() => cache.get({ resource: secrets, namespace: 'a', name: 'x' })).toThrow('secrets in namespace a are not watched')
  })

  test('hands out objects that cannot be changed', () => {
    const found = cacheOf({ namespace: '', objects: [pod('a', 'one', { x: '1' })] }).get({ resource: pods, namespace: 'a', name: 'one' })
    expect(() => Object.assign(found?.metadata.labels ?? {}, { x: '2' })).toThrow(TypeError)
  })
})
