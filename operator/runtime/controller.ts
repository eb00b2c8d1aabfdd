// Works off a queue of keys with a number of workers. What a reconcile throws becomes a retry, never the end of the process.
import type { Clock, Log, Random, Stopwatch } from '../deps.ts'
import { sentence } from './failure.ts'
import { type Key, keyText, parseKey } from './key.ts'
import { type QueueObserver, WorkQueue } from './queue.ts'

/** When to look again; without it, when a watch says so. */
export interface Outcome {
  readonly afterSeconds?: number
}

/** Brings one object closer to what is wanted. The signal fires when time is up or the program stops. */
export type Reconcile = (key: Key, signal: AbortSignal) => Promise<Outcome>

export interface ControllerOptions {
  readonly name: string
  readonly reconcile: Reconcile
  /** How many keys are worked on at once. */
  readonly workers?: number
  readonly timeoutSeconds?: number
}

/** What metrics want to hear of. */
export interface ControllerObserver {
  readonly queue: QueueObserver
  started(): void
  ended(result: 'success' | 'requeue_after' | 'error', seconds: number, timedOut: boolean): void
}

export interface ControllerDeps {
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly log: Log
  readonly observer?: ControllerObserver
}

const defaultWorkers = 8
const defaultTimeoutSeconds = 120

export class Controller {
  readonly name: string
  readonly #deps: ControllerDeps
  readonly #options: ControllerOptions
  readonly #queue: WorkQueue

  constructor(deps: ControllerDeps, options: ControllerOptions) {
    this.name = options.name
    this.#deps = deps
    this.#options = options
    this.#queue = new WorkQueue({ clock: deps.clock, random: deps.random, ...(deps.observer && { observer: deps.observer.queue }) })
  }

  enqueue(key: Key): void {
    this.#queue.add(keyText(key))
  }

  /** Works until the queue is closed and every reconcile has ended. `signal` tells running reconciles to end. */
  async run(signal: AbortSignal): Promise<void> {
    const workers = Array.from({ length: this.#options.workers ?? defaultWorkers }, () => this.#work(signal))
    await Promise.all(workers)
  }

  /** Takes nothing new from now on. */
  close(): void {
    this.#queue.close()
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      await this.#reconcile(key, signal)
      this.#queue.done(key)
    }
  }

  async #reconcile(key: string, signal: AbortSignal): Promise<void> {
    const { clock, log, observer } = this.#deps
    const { name, reconcile, timeoutSeconds = defaultTimeoutSeconds } = this.#options
    const began = clock.elapsed()
    const late = new AbortController()
    const ended = new AbortController()
    clock.sleep(timeoutSeconds * 1000, ended.signal).then(
      () => late.abort(new Error(`the reconcile took longer than ${timeoutSeconds} s`)),
      () => {},
    )
    observer?.started()
    let result: 'success' | 'requeue_after' | 'error' = 'success'
    try {
      const { afterSeconds } = await reconcile(parseKey(key), AbortSignal.any([signal, late.signal]))
      this.#queue.forget(key)
      if (afterSeconds !== undefined) {
        result = 'requeue_after'
        this.#queue.addAfter(key, afterSeconds * 1000)
      }
    } catch (error) {
      result = 'error'
      this.#queue.addFailed(key)
      if (!signal.aborted) log.error({ controller: name, key, error: sentence(error) }, 'a reconcile failed')
    } finally {
      ended.abort()
      observer?.ended(result, (clock.elapsed() - began) / 1000, late.signal.aborted)
    }
  }
}
