// What one watch has seen: the objects of a kind, frozen, and what changed with each news.
import type { KubeObject, WatchEvent } from '../deps.ts'

/** A change of one object; one that was replaced by a successor of its name comes as its deletion and an addition. */
export type Change =
  | { readonly type: 'added'; readonly now: KubeObject }
  | { readonly type: 'updated'; readonly before: KubeObject; readonly now: KubeObject }
  | { readonly type: 'deleted'; readonly before: KubeObject }

const freeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
  return value
}

// managedFields is often half of an object, and nobody here reads it.
const kept = (object: KubeObject): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown }
  return freeze({ ...object, metadata })
}

const versionOf = (object: KubeObject): bigint | undefined => {
  const version = object.metadata.resourceVersion
  return version !== undefined && /^\d+$/.test(version) ? BigInt(version) : undefined
}

/** Whether news are older than, or the same as, what is known. */
const isOld = (known: KubeObject, news: KubeObject): boolean => {
  if (known.metadata.resourceVersion === news.metadata.resourceVersion) return true
  const [before, now] = [versionOf(known), versionOf(news)]
  return before !== undefined && now !== undefined && now < before
}

export class ObjectStore {
  readonly #namespaces = new Map<string, Map<string, KubeObject>>()

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#namespaces.get(namespace)?.get(name)
  }

  /** The objects of a namespace, or with '' all. */
  *list(namespace: string): Iterable<KubeObject> {
    if (namespace !== '') yield* this.#namespaces.get(namespace)?.values() ?? []
    else for (const objects of this.#namespaces.values()) yield* objects.values()
  }

  /** Takes in one event of a watch. News older than what is known are refused: time does not run backwards. */
  take(event: WatchEvent): readonly Change[] {
    if (event.type === 'BOOKMARK') return []
    const { name, namespace = '' } = event.object.metadata
    const known = this.get(namespace, name)
    if (event.type === 'DELETED') {
      if (known === undefined || (known.metadata.uid === event.object.metadata.uid && isNewer(known, event.object))) return []
      return this.#remove(known)
    }
    return known !== undefined && isOld(known, event.object) ? [] : this.#put(kept(event.object))
  }

  /** Replaces everything by a complete list. It is the truth, even where it is older than what was known (a restored cluster). */
  replace(objects: Iterable<KubeObject>): readonly Change[] {
    const changes: Change[] = []
    const seen = new Map<string, Set<string>>()
    for (const object of objects) {
      const { name, namespace = '', resourceVersion } = object.metadata
      const names = seen.get(namespace) ?? new Set()
      seen.set(namespace, names.add(name))
      if (this.get(namespace, name)?.metadata.resourceVersion !== resourceVersion) changes.push(...this.#put(kept(object)))
    }
    for (const known of this.list('')) {
      if (!seen.get(known.metadata.namespace ?? '')?.has(known.metadata.name)) changes.push(...this.#remove(known))
    }
    return changes
  }

  #put(now: KubeObject): readonly Change[] {
    const { name, namespace = '' } = now.metadata
    const objects = this.#namespaces.get(namespace) ?? new Map<string, KubeObject>()
    this.#namespaces.set(namespace, objects)
    const before = objects.get(name)
    objects.set(name, now)
    if (before === undefined) return [{ type: 'added', now }]
    if (before.metadata.uid === now.metadata.uid) return [{ type: 'updated', before, now }]
    return [
      { type: 'deleted', before },
      { type: 'added', now },
    ]
  }

  #remove(before: KubeObject): readonly Change[] {
    const { name, namespace = '' } = before.metadata
    const objects = this.#namespaces.get(namespace)
    objects?.delete(name)
    if (objects?.size === 0) this.#namespaces.delete(namespace)
    return [{ type: 'deleted', before }]
  }
}

const isNewer = (known: KubeObject, news: KubeObject): boolean => {
  const [before, now] = [versionOf(known), versionOf(news)]
  return before !== undefined && now !== undefined && before > now
}
