// This process among the others that live: it says so every few seconds, and takes its part of what they share.
import type { Clock, Log } from '../deps.ts'
import type { OperationsStore, ReplicaRow } from '../operations/store.ts'
import { dueOf, type Look, lookAgain, mostOf, partOf } from './division.ts'

/** Milliseconds that only go forward. */
export interface Stopwatch {
  elapsed(): number
}

/** Connections that can be bounded anew. */
export interface Bounded {
  readonly size: { readonly total: number }
  resize(total: number): void
}

export interface Times {
  /** Between two signs of life. */
  readonly beat: number
  /** Before it is tried again: after a failure, or while others have not given up what is due to this one. */
  readonly hurry: number
  /** Who has given no sign for this long lives no more. */
  readonly life: number
  /** How long nobody may have come before one takes more. */
  readonly calm: number
}

export const usualTimes: Times = { beat: 5_000, hurry: 1_000, life: 15_000, calm: 10_000 }

export interface Me {
  readonly id: string
  readonly deployment: string
  /** The most replicas that there can be. */
  readonly maxReplicas: number
  /** Connections for users over all replicas. */
  readonly total: number
}

export interface Means {
  readonly store: Pick<OperationsStore, 'beat' | 'leave'>
  readonly pools: Bounded
  readonly clock: Pick<Clock, 'sleep'>
  readonly stopwatch: Stopwatch
  readonly log: Log
}

/** What the rest of the API knows of the others. */
export interface Peers {
  /** How many replicas divide the requests of one client. */
  readonly own: number
  /** Connections for users that this one may have open. */
  readonly part: number
  run(): Promise<void>
  leave(): Promise<void>
}

/** Where nobody tells of the others there may be all of them. */
export const unseen = (maxReplicas: number): Peers => ({ own: maxReplicas, part: 1, run: async () => {}, leave: async () => {} })

export class Replicas implements Peers {
  readonly #me: Me
  readonly #means: Means
  readonly #times: Times
  readonly #ended = new AbortController()
  #looks: readonly Look[]
  /** When the row was last written, at the earliest. */
  #seenAt: number
  /** Connections that this one may have open; undefined until it knows of the others. */
  #part: number | undefined

  constructor(me: Me, means: Means, times: Times = usualTimes) {
    this.#me = me
    this.#means = means
    this.#times = times
    this.#seenAt = means.stopwatch.elapsed()
    this.#looks = [this.#unknown(this.#seenAt)]
    // the others may have all that there is, and learn of this one by its row
    means.pools.resize(0)
  }

  get own(): number {
    return mostOf(this.#looks, 'own')
  }

  get part(): number {
    return this.#part ?? 0
  }

  /** Gives signs of life until it leaves. */
  async run(): Promise<void> {
    const { signal } = this.#ended
    await Promise.all([this.#everyWhile(() => this.#tryBeat(), signal), this.#everyWhile(() => this.lapse(), signal)])
  }

  /** One sign of life; how long until the next one. */
  async beat(): Promise<number> {
    const { store, pools, stopwatch } = this.#means
    const { id, deployment, total } = this.#me
    const at = stopwatch.elapsed()
    let looks = this.#looks
    let part = 0
    await store.beat({ id, deployment }, this.#times.life / 1_000, (others) => {
      looks = lookAgain(this.#looks, this.#look(at, others), this.#times.calm)
      part = partOf(
        total,
        mostOf(looks, 'all'),
        others.reduce((sum, { connections }) => sum + connections, 0),
      )
      // given up before anybody can read of it, and claimed for as long as it is not
      if (part < this.part) this.#take(part)
      return Math.max(part, pools.size.total)
    })
    if (this.#isLost(at)) return this.#times.hurry
    this.#looks = looks
    this.#seenAt = at
    this.#take(part)
    return part < dueOf(total, mostOf(looks, 'all')) || pools.size.total > part ? this.#times.hurry : this.#times.beat
  }

  /** Falls back to the smallest part once the others can no more know of this one; until the next look. */
  lapse(): number {
    if (this.#isLost(this.#seenAt)) {
      this.#looks = [this.#unknown(this.#means.stopwatch.elapsed())]
      const smallest = dueOf(this.#me.total, this.#me.maxReplicas)
      this.#take(Math.min(this.#part ?? smallest, smallest))
    }
    return this.#times.hurry / 2
  }

  /** After the last connection for users is closed: the others need not wait until the row is too old. */
  async leave(): Promise<void> {
    this.#ended.abort()
    try {
      await this.#means.store.leave(this.#me.id)
    } catch (error) {
      this.#means.log.debug({ name: error instanceof Error ? error.name : typeof error }, 'the row of this replica is left to grow old')
    }
  }

  async #tryBeat(): Promise<number> {
    try {
      return await this.beat()
    } catch (error) {
      this.#means.log.debug({ name: error instanceof Error ? error.name : typeof error }, 'no sign of life')
      return this.#times.hurry
    }
  }

  async #everyWhile(work: () => number | Promise<number>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#means.clock.sleep(await work(), signal).catch(() => {})
  }

  /** Whether the others may take what was claimed at that time, or are about to. */
  #isLost(since: number): boolean {
    return this.#means.stopwatch.elapsed() - since >= this.#times.life - this.#times.hurry
  }

  #take(part: number): void {
    if (part === this.#part) return
    this.#part = part
    this.#means.pools.resize(part)
  }

  #look(at: number, others: readonly ReplicaRow[]): Look {
    return { at, all: others.length + 1, own: others.filter(({ deployment }) => deployment === this.#me.deployment).length + 1 }
  }

  #unknown(at: number): Look {
    return { at, all: this.#me.maxReplicas, own: this.#me.maxReplicas }
  }
}
