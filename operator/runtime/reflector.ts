// Keeps a store equal to what the API server has: the objects that are there, then every change, whatever happens to the connection.
import type { Clock, KubeObject, ListWatch, Log, Random, Resource, Scope, Stopwatch, WatchEvent } from '../deps.ts'
import { backoff, watchBackoff } from './backoff.ts'
import { sentence, told } from './failure.ts'
import { type Next, nextAfter } from './reflection.ts'
import type { Change, ObjectStore } from './store.ts'

export interface ReflectorDeps {
  readonly lists: ListWatch
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly log: Log
}

export interface Reflected {
  readonly resource: Resource
  readonly scope: Scope
  readonly store: ObjectStore
  /** A kind that the cluster may lack: as long as it is not served there are no objects of it, and nobody waits for it. */
  readonly optional?: boolean
  /** Told of each change after the store has it. */
  readonly changed: (change: Change) => void
}

const pageSize = 500
const shortestWatchSeconds = 300
const longestWatchSeconds = 600
/** What a server may be late with the end of a watch before it is ended from here. */
const graceSeconds = 30
const quietMilliseconds = 120_000
const blindMilliseconds = 30_000
const absentMilliseconds = 10_000
const initialEventsEnd = 'k8s.io/initial-events-end'

export class Reflector {
  readonly #deps: ReflectorDeps
  readonly #what: Reflected
  /** The version that the store is at; undefined until there is a complete list. */
  #version: string | undefined
  #relist = true
  #from: 'last' | 'newest' = 'last'
  #paged = false
  #failures = 0
  #synced = false
  #blind = false
  #absent = false

  constructor(deps: ReflectorDeps, what: Reflected) {
    this.#deps = deps
    this.#what = what
  }

  /** Whether the store has been complete once and the kind can be seen. */
  get synced(): boolean {
    return this.#synced && !this.#blind
  }

  /** Whether the cluster has the kind, as far as is known. */
  get served(): boolean {
    return !this.#absent
  }

  /** What it reflects, for logs and probes. */
  get name(): string {
    const { resource, scope } = this.#what
    return scope.namespace ? `${resource.plural} in ${scope.namespace}` : resource.plural
  }

  /** Runs until the signal fires; no failure ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps
    while (!signal.aborted) {
      const began = clock.elapsed()
      try {
        const events = this.#relist && this.#paged ? await this.#listPages(signal) : await this.#watch(signal)
        // A watch that ends at once without a word would otherwise be asked for again without a pause.
        if (events === 0 && clock.elapsed() - began < 1000) await this.#pause({ move: 'watch' }, signal)
        else this.#failures = 0
      } catch (error) {
        if (signal.aborted) return
        await this.#recover(error, began, signal)
      }
    }
  }

  async #recover(error: unknown, began: number, signal: AbortSignal): Promise<void> {
    if (this.#what.optional && told(error).status === 404) return this.#withoutKind(signal)
    const next = nextAfter(error, { askedNewest: this.#from === 'newest', initialEvents: this.#relist })
    if (this.#deps.clock.elapsed() - began > quietMilliseconds) this.#failures = 0
    const fields = { kind: this.name, next: next.move, error: sentence(error) }
    if (next.blind && !this.#blind) this.#deps.log.error(fields, 'a kind cannot be watched')
    else this.#deps.log.debug(fields, 'a watch broke')
    this.#blind = next.blind ?? false
    if (next.move === 'list') {
      this.#relist = true
      this.#from = next.from ?? this.#from
      this.#paged ||= next.paged ?? false
    }
    await this.#pause(next, signal)
  }

  async #withoutKind(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#deps
    if (!this.#absent) log.info({ kind: this.name }, 'the cluster does not serve a kind')
    this.#replace([], undefined)
    this.#relist = true
    this.#absent = true
    await clock.sleep(absentMilliseconds * (1 + random.number()), signal).catch(() => {})
  }

  async #pause(next: Next, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps
    const wait = next.blind
      ? blindMilliseconds * (1 + random.number())
      : Math.max((next.afterSeconds ?? 0) * 1000, backoff(watchBackoff, this.#failures++, random.number()))
    await clock.sleep(wait, signal).catch(() => {})
  }

  /** Watches until the stream ends, starting with all objects when a list is due; the number of events that came. */
  async #watch(signal: AbortSignal): Promise<number> {
    const { lists, clock, random } = this.#deps
    const timeoutSeconds = Math.round(shortestWatchSeconds + random.number() * (longestWatchSeconds - shortestWatchSeconds))
    const ended = new AbortController()
    const own = AbortSignal.any([signal, ended.signal])
    const timer = new AbortController()
    clock.sleep((timeoutSeconds + graceSeconds) * 1000, AbortSignal.any([signal, timer.signal])).then(
      () => ended.abort(),
      () => {},
    )
    let events = 0
    // Nothing of the initial events counts before the last of them came.
    let initial: Map<string, KubeObject> | undefined = this.#relist ? new Map() : undefined
    const version = this.#relist && this.#from === 'newest' ? undefined : this.#version
    try {
      const from = { initialEvents: this.#relist, timeoutSeconds, ...(version !== undefined && { resourceVersion: version }) }
      for await (const event of lists.watch(this.#what.resource, this.#what.scope, from, own)) {
        events++
        this.#blind = false
        if (initial) initial = this.#collect(initial, event)
        else this.#take(event)
      }
    } catch (error) {
      if (!ended.signal.aborted) throw error
    } finally {
      timer.abort()
    }
    return events
  }

  /** Collects an initial event; undefined when it was the last and the store has them all. */
  #collect(initial: Map<string, KubeObject>, event: WatchEvent): Map<string, KubeObject> | undefined {
    const { metadata } = event.object
    if (event.type === 'BOOKMARK') {
      if (metadata.annotations?.[initialEventsEnd] !== 'true') return initial
      this.#replace(initial.values(), metadata.resourceVersion ?? '0')
      return undefined
    }
    const key = `${metadata.namespace ?? ''}/${metadata.name}`
    if (event.type === 'DELETED') initial.delete(key)
    else initial.set(key, event.object)
    return initial
  }

  async #listPages(signal: AbortSignal): Promise<number> {
    const { lists } = this.#deps
    const items: KubeObject[] = []
    // Without a version: the newest there is. With one, a server may answer from its memory, and then in one piece however long.
    let page = await lists.list(this.#what.resource, this.#what.scope, { limit: pageSize }, signal)
    items.push(...page.items)
    while (page.next !== undefined) {
      page = await lists.list(this.#what.resource, this.#what.scope, { limit: pageSize, next: page.next }, signal)
      items.push(...page.items)
    }
    // Only a complete list replaces the store: half of one would look like deletions.
    this.#replace(items, page.resourceVersion)
    return items.length + 1
  }

  #replace(objects: Iterable<KubeObject>, version: string | undefined): void {
    const changes = this.#what.store.replace(objects)
    this.#version = version
    this.#relist = false
    this.#from = 'last'
    this.#blind = false
    this.#absent = false
    this.#synced = true
    this.#announce(changes)
  }

  #take(event: WatchEvent): void {
    const changes = this.#what.store.take(event)
    this.#version = event.object.metadata.resourceVersion ?? this.#version
    this.#announce(changes)
  }

  #announce(changes: readonly Change[]): void {
    for (const change of changes) {
      try {
        this.#what.changed(change)
      } catch (error) {
        this.#deps.log.error({ kind: this.name, error: sentence(error) }, 'a change could not be passed on')
      }
    }
  }
}
