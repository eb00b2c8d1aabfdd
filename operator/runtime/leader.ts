// Leader election by a Lease: at most one of several programs acts.
import type { Clock, Kube, Log, ObjectRef, Random, Stopwatch } from '../deps.ts'
import { sentence, told } from './failure.ts'
import { claim, isFree, type Lease } from './lease.ts'

const leaseResource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' }

export interface LeaseTimes {
  readonly durationSeconds: number
  /** A leader that could not renew for this long has lost. */
  readonly renewSeconds: number
  readonly retrySeconds: number
}

export const defaultTimes: LeaseTimes = { durationSeconds: 15, renewSeconds: 10, retrySeconds: 2 }

export interface LeaderOptions {
  /** Its calls should not be retried or outlast the renewal deadline: the election repeats them itself. */
  readonly kube: Kube
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly log: Log
  readonly namespace: string
  readonly name: string
  /** Unique for each process. */
  readonly identity: string
  readonly times?: LeaseTimes
}

/** Somebody else may lead now; whoever held the lease must stop at once. */
export class LeadershipLost extends Error {
  constructor(why: string) {
    super(`the leadership is lost: ${why}`)
    this.name = 'LeadershipLost'
  }
}

export class Leader {
  readonly #options: LeaderOptions
  readonly #times: LeaseTimes
  readonly #ref: ObjectRef
  #known: Lease | undefined
  #changedAt = 0
  #renewedAt: number | undefined

  constructor(options: LeaderOptions) {
    this.#options = options
    this.#times = options.times ?? defaultTimes
    this.#ref = { resource: leaseResource, namespace: options.namespace, name: options.name }
  }

  /** Whether a write may be sent now: the lease was renewed so lately that nobody else can have it, even when our event loop stood still. */
  get holds(): boolean {
    return this.#renewedAt !== undefined && this.#options.clock.elapsed() - this.#renewedAt < this.#times.renewSeconds * 1000
  }

  /** Throws unless the lease is held. */
  readonly assertHeld = (): void => {
    if (!this.holds) throw new LeadershipLost('nothing may be written without a valid lease')
  }

  /** Resolves when the lease is ours; rejects when the signal fires first. */
  async acquire(signal: AbortSignal): Promise<void> {
    const { clock, random, log, identity } = this.#options
    let holder: string | undefined
    while (!(await this.#attempt(this.#times.renewSeconds * 1000, signal))) {
      const current = this.#known?.spec?.holderIdentity
      if (current !== undefined && current !== '' && current !== holder) log.info({ holder: current }, 'another one leads')
      holder = current
      await clock.sleep(this.#times.retrySeconds * 1000 * (1 + 0.2 * random.number()), signal)
    }
    log.info({ identity }, 'leading')
  }

  /** Renews until the signal fires; rejects with LeadershipLost when that was not possible in time. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, identity } = this.#options
    while (!signal.aborted) {
      await clock.sleep(this.#times.retrySeconds * 1000, signal).catch(() => {})
      if (signal.aborted) return
      const left = this.#times.renewSeconds * 1000 - (clock.elapsed() - (this.#renewedAt ?? 0))
      if (left <= 0) throw new LeadershipLost(`it could not be renewed for ${this.#times.renewSeconds} s`)
      // Not cut short by the signal: a renewal under way would make the release a conflict.
      await this.#attempt(left)
      const holder = this.#known?.spec?.holderIdentity
      if (holder !== identity) throw new LeadershipLost(`${holder || 'nobody'} holds it`)
    }
  }

  /** Gives the lease back, so that the next one need not wait for it to expire. Only after the last write. */
  async release(): Promise<void> {
    const { clock, identity, log } = this.#options
    const held = this.holds
    this.#renewedAt = undefined
    // Twice: somebody may have touched the object in between.
    for (let attempt = 0; attempt < 2 && held; attempt++) {
      const lease = this.#known
      if (lease?.spec?.holderIdentity !== identity) return
      const spec = { ...claim(lease, identity, 1, clock.now()), holderIdentity: '' }
      const written = await this.#write(lease, spec).catch((error: unknown) => log.warn({ error: sentence(error) }, 'the lease could not be released'))
      if (written) return
    }
  }

  /** One attempt to take or renew, within a time of our own: an answer that comes too late is none. */
  async #attempt(milliseconds: number, signal?: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#options
    const done = new AbortController()
    const late = clock.sleep(milliseconds, AbortSignal.any([done.signal, ...(signal ? [signal] : [])])).then(() => false)
    const attempt = this.#claim().catch((error: unknown) => {
      log.debug({ error: sentence(error) }, 'the lease could not be read or written')
      return false
    })
    try {
      return await Promise.race([attempt, late])
    } finally {
      done.abort()
      late.catch(() => {})
    }
  }

  async #claim(): Promise<boolean> {
    const { clock, identity, kube } = this.#options
    // Counted from before the request: the server may have carried it out at any time since.
    const began = clock.elapsed()
    if (this.#known?.spec?.holderIdentity !== identity) {
      const lease = await kube.get<Lease>(this.#ref)
      if (lease) this.#observe(lease)
      else this.#known = undefined
      if (lease && !isFree(lease, identity, clock.elapsed() - this.#changedAt)) return false
    }
    const written = await this.#write(this.#known, claim(this.#known, identity, this.#times.durationSeconds, clock.now()))
    if (!written) return false
    this.#observe(written)
    this.#renewedAt = began
    return true
  }

  async #write(lease: Lease | undefined, spec: NonNullable<Lease['spec']>): Promise<Lease | undefined> {
    const { kube, namespace, name } = this.#options
    if (lease === undefined) {
      const manifest = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec }
      return await kube.create<Lease>(leaseResource, manifest)
    }
    try {
      return await kube.patch<Lease>(this.#ref, { metadata: { uid: lease.metadata.uid, resourceVersion: lease.metadata.resourceVersion }, spec })
    } catch (error) {
      if (told(error).status !== 409 && told(error).status !== 404) throw error
      // Somebody wrote in between: see who.
      const current = await kube.get<Lease>(this.#ref)
      if (current) this.#observe(current)
      else this.#known = undefined
      return undefined
    }
  }

  #observe(lease: Lease): void {
    if (this.#known?.metadata.resourceVersion !== lease.metadata.resourceVersion) this.#changedAt = this.#options.clock.elapsed()
    this.#known = lease
  }
}
