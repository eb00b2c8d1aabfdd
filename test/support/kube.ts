// A Kube and a Cache over one map. It records what is sent and serves it back; it imitates neither merging nor defaulting: test/apiserver is for that.
import type { Cache, Kube, KubeObject, ObjectRef, Resource } from '../../operator/deps.ts'

export interface FakeKube {
  readonly kube: Kube
  readonly cache: Cache
  readonly objects: Map<string, KubeObject>
  /** Every write, such as `apply Service home-api`. */
  readonly writes: string[]
  readonly put: (resource: Resource, object: KubeObject) => void
  /** Kinds, by their plural, that this cluster does not have. */
  readonly absent: Set<string>
}

const keyOf = ({ resource, namespace, name }: ObjectRef): string => `${resource.plural}/${namespace}/${name}`

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 7386, for statuses: whether nothing is written at rest depends on it. */
const merged = (before: object, patch: object): object => {
  const old = before as Readonly<Record<string, unknown>>
  const changed = Object.entries(patch).map(([key, value]: readonly [string, unknown]) => {
    const previous = old[key]
    return [key, isRecord(value) ? merged(isRecord(previous) ? previous : {}, value) : value]
  })
  return Object.fromEntries(Object.entries({ ...before, ...Object.fromEntries(changed) }).filter(([, value]) => value !== null))
}

export function fakeKube(): FakeKube {
  const objects = new Map<string, KubeObject>()
  const writes: string[] = []
  const absent = new Set<string>()
  let version = 0
  const refOf = (resource: Resource, { metadata }: KubeObject): ObjectRef => ({ resource, namespace: metadata.namespace ?? '', name: metadata.name })
  const store = <T extends KubeObject>(ref: ObjectRef, object: object): T => {
    version += 1
    const metadata = { uid: `uid-${version}`, ...(object as KubeObject).metadata, resourceVersion: String(version) }
    const stored = { ...object, metadata } as T
    objects.set(keyOf(ref), stored)
    return stored
  }
  const write = (verb: string, ref: ObjectRef) => writes.push(`${verb} ${ref.resource.kind} ${ref.name}`)
  const get = <T extends KubeObject>(ref: ObjectRef) => objects.get(keyOf(ref)) as T | undefined
  const kube: Kube = {
    get: (ref) => Promise.resolve(get(ref)),
    apply: (resource, manifest) => {
      write('apply', refOf(resource, manifest))
      const before = objects.get(keyOf(refOf(resource, manifest)))
      return Promise.resolve(store(refOf(resource, manifest), { ...before, ...manifest, metadata: { ...before?.metadata, ...manifest.metadata } }))
    },
    create: (resource, manifest) => {
      if (objects.has(keyOf(refOf(resource, manifest)))) return Promise.resolve(undefined)
      write('create', refOf(resource, manifest))
      return Promise.resolve(store(refOf(resource, manifest), manifest))
    },
    patch: (ref, patch) => {
      write('patch', ref)
      const before = objects.get(keyOf(ref)) as { metadata: object; data?: object } | undefined
      const { metadata, data, ...rest } = patch as { metadata?: object; data?: object }
      return Promise.resolve(
        store(ref, { ...before, ...rest, metadata: { ...before?.metadata, ...metadata }, ...(data && { data: { ...before?.data, ...data } }) }),
      )
    },
    patchStatus: (ref, _uid, status) => {
      write('patchStatus', ref)
      const before = (objects.get(keyOf(ref)) as { status?: object } | undefined)?.status
      store(ref, { ...objects.get(keyOf(ref)), status: merged(before ?? {}, status) })
      return Promise.resolve()
    },
    delete: (ref) => {
      write('delete', ref)
      objects.delete(keyOf(ref))
      return Promise.resolve()
    },
  }
  const list: Cache['list'] = (resource, namespace, labels = {}) => {
    const prefix = `${resource.plural}/${namespace}/`
    const matches = ({ metadata }: KubeObject) => Object.entries(labels).every(([label, value]) => metadata.labels?.[label] === value)
    return [...objects].filter(([key, object]) => key.startsWith(prefix) && matches(object)).map(([, object]) => object) as never
  }
  const serves: Cache['serves'] = ({ plural }) => !absent.has(plural)
  return { kube, cache: { get, list, serves }, objects, writes, absent, put: (resource, object) => void store(refOf(resource, object), object) }
}
