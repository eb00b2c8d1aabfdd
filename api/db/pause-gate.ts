// Holds work on the database back while the operator moves the primary: whatever is new waits, what runs goes on, nothing fails.
import type { Clock } from '../deps.ts'
import { decidePause, decideResume, neverPaused, type PauseState } from './pause.ts'

export interface PauseReport {
  readonly epoch: number
  readonly paused: boolean
  /** Statements and transactions that run. */
  readonly underWay: number
}

/** What the operator may ask, and what metrics show. `outdated` is the epoch that has spoken since. */
export interface Pause {
  /** Answers once nothing runs any more, or when the pause ends. */
  pause(epoch: number, milliseconds: number): Promise<PauseReport | { readonly outdated: number }>
  resume(epoch: number): PauseReport | { readonly outdated: number }
  readonly report: PauseReport
}

const nobody = () => {}

export class PauseGate implements Pause {
  readonly #clock: Clock
  readonly #tellSeconds: (seconds: number) => void
  #state: PauseState = neverPaused
  /** How many pauses have ended: a connection that was opened before then may lead to the old primary. */
  #generation = 0
  #running = 0
  #ending = new AbortController()
  /** Those who wait for the end of the pause. */
  #opened: Promise<void> = Promise.resolve()
  #open = nobody
  readonly #watchers = new Set<(report: PauseReport) => void>()

  /** `tellSeconds` hears after each pause how long it was. */
  constructor(clock: Clock, tellSeconds: (seconds: number) => void = nobody) {
    this.#clock = clock
    this.#tellSeconds = tellSeconds
  }

  get generation(): number {
    return this.#generation
  }

  get report(): PauseReport {
    return { epoch: this.#state.epoch, paused: this.#state.pause !== undefined, underWay: this.#running }
  }

  /**
   * Takes what work needs and does the work, outside of any pause. When a pause has begun while it was taken, it is given back, and what
   * could not be taken then is asked for once more: the server may just have gone.
   */
  async pass<L extends { giveBack(keep: boolean): void }, T>(take: () => Promise<L>, work: (loan: L) => Promise<T>): Promise<T> {
    for (;;) {
      while (this.#state.pause) await this.#opened
      const before = this.#generation
      const taken = await take().catch((error: unknown) => ({ error }))
      const isUndisturbed = !this.#state.pause && this.#generation === before
      if ('giveBack' in taken) {
        if (isUndisturbed) return this.#counted(() => work(taken))
        taken.giveBack(true)
      } else if (isUndisturbed) throw taken.error
    }
  }

  async pause(epoch: number, milliseconds: number): Promise<PauseReport | { readonly outdated: number }> {
    const decision = decidePause(this.#state, epoch, milliseconds, this.#now())
    if ('outdated' in decision) return decision
    if (decision.state !== this.#state) this.#begin(decision.state)
    if (!this.#state.pause || this.#running === 0) return this.report
    return new Promise((resolve) => void this.#watchers.add(resolve))
  }

  resume(epoch: number): PauseReport | { readonly outdated: number } {
    const decision = decideResume(this.#state, epoch)
    if ('outdated' in decision) return decision
    this.#end()
    this.#state = decision.state
    return this.report
  }

  #now(): number {
    return this.#clock.now().getTime()
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1
    try {
      return await work()
    } finally {
      this.#running -= 1
      if (this.#running === 0) this.#tellWatchers()
    }
  }

  #begin(state: PauseState): void {
    this.#ending.abort()
    this.#ending = new AbortController()
    if (!this.#state.pause) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#opened = promise
      this.#open = resolve
    }
    this.#state = state
    if (state.pause) void this.#endIn(state.pause.until - this.#now(), this.#ending.signal)
  }

  async #endIn(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(Math.max(0, milliseconds), signal).catch(nobody)
    if (!signal.aborted) this.#end()
  }

  #end(): void {
    const { pause, epoch } = this.#state
    if (!pause) return
    this.#ending.abort()
    this.#tellSeconds(Math.max(0, this.#now() - pause.since) / 1_000)
    this.#generation += 1
    this.#state = { epoch }
    // before the waiting ones begin: whoever asked for the pause is told what had not ended
    this.#tellWatchers()
    this.#open()
  }

  #tellWatchers(): void {
    for (const tell of this.#watchers) tell(this.report)
    this.#watchers.clear()
  }
}
