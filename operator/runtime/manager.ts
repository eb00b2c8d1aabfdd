// Puts the machinery together. The composition root uses it so:
//
//   const manager = new Manager({ client, lists: listWatch(transport), clock, random, log, metrics, namespaces, identity,
//                                 reporter: 'finia.io/operator', lease: { namespace, name }, probes: { port: 8080 } })
//   const deps: Deps = { kube: manager.kube, cache: manager.cache, events: manager.events, … }   // kube refuses writes without the lease
//   const users = manager.controller({ name: 'user', reconcile: (key, signal) => reconcileUser(deps, key, signal) })
//   const instances = manager.controller({ name: 'instance', workers: 8, reconcile: … })        // returns { afterSeconds? } or throws
//   manager.watch(kinds.instance, {}, [{ controller: instances, keys: itself }])
//   manager.watch(kinds.deployment, { labels: managedSelector }, [{ controller: instances, keys: controllerOf(kinds.instance) }])
//   instances.enqueue({ namespace, name })                                                      // from anywhere, at any time
//   await manager.run(signal)   // resolves after an orderly stop; rejects with LeadershipLost or a failed start: exit non-zero then
import type { Cache, Clock, Events, Kube, ListWatch, Log, Random, Resource, Scope, Stopwatch } from '../deps.ts'
import { Caches } from './cache.ts'
import { Controller, type ControllerOptions } from './controller.ts'
import { EventRecorder } from './events.ts'
import type { Mapping } from './key.ts'
import { Leader, type LeaseTimes } from './leader.ts'
import type { Metrics } from './metrics.ts'
import { Probes } from './probes.ts'
import { Reflector } from './reflector.ts'
import { type Change, ObjectStore } from './store.ts'

/** A client that can be bound to rules; KubeClient is one. */
export interface Client extends Kube {
  with(rules: { readonly beforeWrite?: () => void; readonly deadlineMilliseconds?: number; readonly attempts?: number }): Client
}

export interface ManagerOptions {
  readonly client: Client
  readonly lists: ListWatch
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  /** Namespaces to watch; empty = all. */
  readonly namespaces: readonly string[]
  /** Unique for each process, such as the pod's name with a random suffix. */
  readonly identity: string
  /** How events name the controller. */
  readonly reporter: string
  /** Without it nobody is elected and this process acts alone. */
  readonly lease?: { readonly namespace: string; readonly name: string; readonly times?: LeaseTimes }
  readonly probes: { readonly port: number; readonly host?: string }
  /** How long running reconciles may take to end. */
  readonly graceSeconds?: number
}

/** Whose keys a changed object leads to. */
export interface Route {
  readonly controller: Controller
  readonly keys: Mapping
  /** Which changes matter; without it, all. */
  readonly when?: (change: Change) => boolean
}

/** Which objects of a kind are kept. */
interface Watch {
  readonly labels?: Scope['labels']
  readonly namespaces?: readonly string[]
  readonly optional?: boolean
}

const defaultGraceSeconds = 25
const flushMilliseconds = 3_000
const syncPollMilliseconds = 50
const leaseCallMilliseconds = 5_000

export class Manager {
  /** Writes only while this process leads. */
  readonly kube: Kube
  readonly cache: Cache
  readonly events: Events
  readonly #options: ManagerOptions
  readonly #caches = new Caches()
  readonly #recorder: EventRecorder
  readonly #leader: Leader | undefined
  readonly #probes: Probes
  readonly #reflectors: Reflector[] = []
  readonly #controllers: Controller[] = []
  #port: number | undefined

  constructor(options: ManagerOptions) {
    const { client, clock, random, log, lease, identity, reporter, metrics } = options
    this.#options = options
    this.#leader =
      lease && new Leader({ ...lease, kube: client.with({ attempts: 1, deadlineMilliseconds: leaseCallMilliseconds }), clock, random, log, identity })
    this.kube = this.#leader ? client.with({ beforeWrite: this.#leader.assertHeld }) : client
    this.cache = this.#caches
    const once = client.with({ attempts: 1, ...(this.#leader && { beforeWrite: this.#leader.assertHeld }) })
    this.#recorder = new EventRecorder({ kube: once, clock, random, log, reporter: { controller: reporter, instance: identity } })
    this.events = this.#recorder
    this.#probes = new Probes({
      ...options.probes,
      missing: () => this.#reflectors.filter((reflector) => !reflector.synced).map((reflector) => `${reflector.name} not seen yet`),
      metrics: async () => ({ type: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    })
  }

  /** The port of the probes once `run` has begun. */
  get port(): number | undefined {
    return this.#port
  }

  /** Whether every cache is complete. */
  get synced(): boolean {
    return this.#reflectors.every((reflector) => reflector.synced)
  }

  controller(options: ControllerOptions): Controller {
    const { clock, random, log, metrics } = this.#options
    const workers = options.workers ?? 8
    const controller = new Controller({ clock, random, log, observer: metrics.controller(options.name, workers) }, { ...options, workers })
    this.#controllers.push(controller)
    return controller
  }

  /** Keeps a kind in the cache, in the manager's namespaces unless others are named, and passes changes on. `optional`: the cluster may lack the kind. */
  watch(resource: Resource, what: Watch, routes: readonly Route[]): void {
    const namespaces = what.namespaces ?? this.#options.namespaces
    for (const namespace of namespaces.length === 0 ? [''] : namespaces) {
      const store = new ObjectStore()
      const scope = { ...(namespace !== '' && { namespace }), ...(what.labels && { labels: what.labels }) }
      const optional = what.optional === true
      const reflector = new Reflector(this.#options, { resource, scope, store, optional, changed: (change) => enqueue(routes, change) })
      this.#caches.add({ resource, namespace, store, served: () => reflector.served })
      this.#reflectors.push(reflector)
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const watching = new AbortController()
    this.#port = await this.#probes.start()
    // Caches fill before this process leads, so that a take-over costs no more than the lease.
    const reflectors = Promise.all(this.#reflectors.map((reflector) => reflector.run(watching.signal)))
    try {
      await this.#lead(signal)
    } finally {
      watching.abort()
      await reflectors
      await this.#probes.stop()
    }
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { lease, metrics } = this.#options
    const name = lease?.name ?? ''
    if (lease) metrics.leading(name, false)
    try {
      // Who cannot see should not lead.
      await this.#whenSynced(signal)
      await this.#leader?.acquire(signal)
    } catch (error) {
      if (!signal.aborted) throw error
      await this.#leader?.release()
      return
    }
    if (lease) metrics.leading(name, true)
    await this.#work(signal).finally(() => lease && metrics.leading(name, false))
  }

  /** Reconciles until told to stop or the lease is lost; then ends reconciles, tells the last events and gives the lease back, in this order. */
  async #work(signal: AbortSignal): Promise<void> {
    const stopped = new AbortController()
    const reconciling = new AbortController()
    const workers = Promise.all(this.#controllers.map((controller) => controller.run(reconciling.signal)))
    const stop = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const kept = this.#leader?.keep(stopped.signal) ?? stop
    try {
      await Promise.race([stop, kept])
    } catch (lost) {
      // Somebody else may act by now: no waiting, no farewell.
      this.#close(reconciling)
      throw lost
    }
    this.#close(reconciling)
    await this.#within(this.#options.graceSeconds ?? defaultGraceSeconds, workers)
    await this.#recorder.flush(flushMilliseconds)
    stopped.abort()
    await kept
    await this.#leader?.release()
  }

  #close(reconciling: AbortController): void {
    for (const controller of this.#controllers) controller.close()
    reconciling.abort(new Error('the program stops'))
  }

  async #within(seconds: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController()
    const late = this.#options.clock.sleep(seconds * 1000, done.signal).then(
      () => this.#options.log.warn({ seconds }, 'some reconciles did not end in time'),
      () => {},
    )
    await Promise.race([work, late])
    done.abort()
  }

  async #whenSynced(signal: AbortSignal): Promise<void> {
    while (!this.synced) await this.#options.clock.sleep(syncPollMilliseconds, signal)
  }
}

const enqueue = (routes: readonly Route[], change: Change): void => {
  const seen = [...('before' in change ? [change.before] : []), ...('now' in change ? [change.now] : [])]
  for (const { controller, keys, when } of routes) {
    if (when && !when(change)) continue
    for (const object of seen) for (const key of keys(object)) controller.enqueue(key)
  }
}
