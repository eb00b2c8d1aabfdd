// A clock that a test turns: hours pass in milliseconds, and sleepers wake in the order of their times.
import type { Clock, Stopwatch } from '../../operator/deps.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

// Work that a woken sleeper starts must come to rest before the next one is woken: a few turns of the event loop.
const settle = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export class FakeClock implements Clock, Stopwatch {
  #time: number
  #elapsed = 0
  #sleepers: Sleeper[] = []

  constructor(start = '2026-01-01T12:00:00Z') {
    this.#time = Date.parse(start)
  }

  now(): Date {
    return new Date(this.#time)
  }

  elapsed(): number {
    return this.#elapsed
  }

  /** Number of sleeps that wait to be woken. */
  get sleepers(): number {
    return this.#sleepers.length
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper: Sleeper = {
        at: this.#elapsed + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#sleepers.push(sleeper)
    })
  }

  /** Lets time pass, waking every sleeper on the way. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds
    await settle()
    for (;;) {
      const next = this.#sleepers.filter((sleeper) => sleeper.at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#sleepers = this.#sleepers.filter((other) => other !== next)
      this.#move(Math.max(0, next.at - this.#elapsed))
      next.wake()
      await settle()
    }
    this.#move(end - this.#elapsed)
    await settle()
  }

  /** Changes the wall clock only, as an administrator or a time server does. */
  jump(milliseconds: number): void {
    this.#time += milliseconds
  }

  #move(milliseconds: number): void {
    this.#time += milliseconds
    this.#elapsed += milliseconds
  }
}
