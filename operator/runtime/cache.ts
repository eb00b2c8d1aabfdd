// The port Cache over the stores of all watches.
import type { Cache, KubeObject, ObjectRef, Resource } from '../deps.ts'
import type { ObjectStore } from './store.ts'

/** One watched kind in one namespace ('' = all); several may watch the same kind. */
export interface Watched {
  readonly resource: Resource
  readonly namespace: string
  readonly store: ObjectStore
  /** Whether the cluster has the kind. */
  readonly served: () => boolean
}

const sameKind = (a: Resource, b: Resource): boolean => a.group === b.group && a.plural === b.plural

const carries = (object: KubeObject, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => object.metadata.labels?.[name] === value)

export class Caches implements Cache {
  readonly #watched: Watched[] = []

  add(watched: Watched): void {
    this.#watched.push(watched)
  }

  get<T extends KubeObject>(ref: ObjectRef): T | undefined {
    for (const { store } of this.#covering(ref.resource, ref.namespace)) {
      const found = store.get(ref.namespace, ref.name)
      // The caller knows the kind and with it the type; the store holds JSON.
      if (found) return found as T
    }
    return undefined
  }

  list<T extends KubeObject>(resource: Resource, namespace: string, labels: Readonly<Record<string, string>> = {}): readonly T[] {
    const found = new Map<string, KubeObject>()
    for (const { store } of this.#covering(resource, namespace)) {
      for (const object of store.list(namespace)) {
        if (carries(object, labels)) found.set(`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object)
      }
    }
    return [...found.values()] as unknown as readonly T[]
  }

  serves(resource: Resource): boolean {
    return this.#covering(resource, '').every(({ served }) => served())
  }

  // "Nothing found" for a kind that nobody watches would be read as "nothing there".
  #covering(resource: Resource, namespace: string): readonly Watched[] {
    const kind = this.#watched.filter((watched) => sameKind(watched.resource, resource))
    const covering = namespace === '' ? kind : kind.filter((watched) => watched.namespace === '' || watched.namespace === namespace)
    if (covering.length === 0)
      throw new Error(`${resource.plural} in namespace ${namespace || '(all)'} are not watched: register them before reading them from the cache`)
    return covering
  }
}
