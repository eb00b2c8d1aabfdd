// Keys waiting to be worked on. A key is never worked on twice at once, is queued once however often it is added,
// and is worked on again when it was added while somebody worked on it.
import type { Clock, Random, Stopwatch } from '../deps.ts'
import { backoff, reconcileBackoff } from './backoff.ts'

/** What metrics want to hear of. */
export interface QueueObserver {
  added(): void
  retried(): void
  depth(keys: number): void
  waited(seconds: number): void
}

export interface QueueDeps {
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly observer?: QueueObserver
}

export class WorkQueue {
  readonly #deps: QueueDeps
  /** Keys that wait for a worker, with the time they began to, in order of arrival. */
  readonly #ready = new Map<string, number>()
  readonly #processing = new Set<string>()
  /** Keys that were added while they were worked on. */
  readonly #again = new Set<string>()
  readonly #later = new Map<string, number>()
  readonly #failures = new Map<string, number>()
  #takers: ((key: string | undefined) => void)[] = []
  #alarm: { readonly at: number; readonly cancel: AbortController } | undefined
  #closed = false

  constructor(deps: QueueDeps) {
    this.#deps = deps
  }

  get depth(): number {
    return this.#ready.size
  }

  add(key: string): void {
    if (this.#closed) return
    this.#deps.observer?.added()
    // An immediate run serves for one that was planned for later.
    this.#later.delete(key)
    if (this.#processing.has(key)) this.#again.add(key)
    else if (!this.#ready.has(key)) this.#offer(key)
  }

  /** Adds after a while; the earliest of several wins. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#closed) return
    if (milliseconds <= 0) return this.add(key)
    if (this.#ready.has(key) || this.#again.has(key)) return
    const at = this.#deps.clock.elapsed() + milliseconds
    if ((this.#later.get(key) ?? Number.POSITIVE_INFINITY) <= at) return
    this.#later.set(key, at)
    this.#setAlarm(at)
  }

  /** Adds after a time that doubles with each failure in a row. */
  addFailed(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#deps.observer?.retried()
    this.addAfter(key, backoff(reconcileBackoff, failures, this.#deps.random.number()))
  }

  /** The key succeeded: its next failure is the first. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  /** The next key, as soon as there is one; undefined when the queue is closed. The taker calls `done`. */
  take(): Promise<string | undefined> {
    const next = this.#ready.entries().next().value
    if (next !== undefined && !this.#closed) {
      const [key, since] = next
      this.#ready.delete(key)
      return Promise.resolve(this.#begin(key, since))
    }
    if (this.#closed) return Promise.resolve(undefined)
    return new Promise((resolve) => this.#takers.push(resolve))
  }

  done(key: string): void {
    this.#processing.delete(key)
    if (this.#again.delete(key) && !this.#closed) this.#offer(key)
  }

  /** Nothing is taken or added from now on; what is being worked on goes on. */
  close(): void {
    this.#closed = true
    this.#alarm?.cancel.abort()
    this.#ready.clear()
    this.#later.clear()
    const takers = this.#takers
    this.#takers = []
    for (const take of takers) take(undefined)
    this.#deps.observer?.depth(0)
  }

  #offer(key: string): void {
    const now = this.#deps.clock.elapsed()
    const taker = this.#takers.shift()
    if (taker) return taker(this.#begin(key, now))
    this.#ready.set(key, now)
    this.#deps.observer?.depth(this.#ready.size)
  }

  #begin(key: string, since: number): string {
    this.#processing.add(key)
    this.#deps.observer?.depth(this.#ready.size)
    this.#deps.observer?.waited((this.#deps.clock.elapsed() - since) / 1000)
    return key
  }

  #setAlarm(at: number): void {
    if (this.#alarm && this.#alarm.at <= at) return
    this.#alarm?.cancel.abort()
    const cancel = new AbortController()
    this.#alarm = { at, cancel }
    this.#deps.clock.sleep(at - this.#deps.clock.elapsed(), cancel.signal).then(
      () => this.#ring(),
      () => {},
    )
  }

  #ring(): void {
    this.#alarm = undefined
    const now = this.#deps.clock.elapsed()
    let next = Number.POSITIVE_INFINITY
    for (const [key, at] of this.#later) {
      if (at <= now) this.add(key)
      else next = Math.min(next, at)
    }
    if (next < Number.POSITIVE_INFINITY) this.#setAlarm(next)
  }
}
