// Failed logins over all replicas: per account as typed, and per client address.
import type { Settings } from '../config.ts'
import type { Clock } from '../deps.ts'
import type { Failures, OperationsStore } from './store.ts'

export type Limits = Pick<Settings['auth'], 'maxLoginAttempts' | 'maxLoginAttemptsPerAddress' | 'windowSeconds'>

/** Whole seconds until the oldest failure leaves the window, or 0 when there is room for another attempt. 0 as limit is off. */
export const lockedFor = ({ count, oldest }: Failures, limit: number, windowSeconds: number, now: Date): number =>
  limit === 0 || count < limit || !oldest ? 0 : Math.max(1, Math.ceil((oldest.getTime() - now.getTime()) / 1000 + windowSeconds))

export class LoginAttempts {
  readonly #store: OperationsStore
  readonly #clock: Pick<Clock, 'now'>
  readonly #limits: Limits
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(store: OperationsStore, clock: Pick<Clock, 'now'>, limits: Limits) {
    this.#store = store
    this.#clock = clock
    this.#limits = limits
  }

  /** Attempts on one account come one after another, or a hundred at once would all be the first. */
  async inTurn<T>(username: string, attempt: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(username) ?? Promise.resolve()
    const mine = before.then(attempt, attempt)
    this.#turns.set(username, mine)
    try {
      return await mine
    } finally {
      if (this.#turns.get(username) === mine) this.#turns.delete(username)
    }
  }

  /** Seconds for which this account or this address is locked. */
  async lockedFor(username: string, address: string): Promise<number> {
    const { maxLoginAttempts, maxLoginAttemptsPerAddress, windowSeconds } = this.#limits
    const now = this.#clock.now()
    const [ofAccount, ofAddress] = await Promise.all([
      this.#store.failuresSince('account', username, this.#since(now)),
      this.#store.failuresSince('address', address, this.#since(now)),
    ])
    return Math.max(lockedFor(ofAccount, maxLoginAttempts, windowSeconds, now), lockedFor(ofAddress, maxLoginAttemptsPerAddress, windowSeconds, now))
  }

  /** Counts a failure; how many attempts the account has left (undefined when they are not limited). */
  async fail(username: string, address: string): Promise<number | undefined> {
    const now = this.#clock.now()
    await Promise.all([this.#store.addFailure('account', username, now), this.#store.addFailure('address', address, now)])
    if (this.#limits.maxLoginAttempts === 0) return undefined
    const { count } = await this.#store.failuresSince('account', username, this.#since(now))
    return Math.max(0, this.#limits.maxLoginAttempts - count)
  }

  /** The address keeps its failures: an attacker may have an account of his own. */
  succeed(username: string): Promise<void> {
    return this.#store.clearFailures('account', username)
  }

  #since(now: Date): Date {
    return new Date(now.getTime() - this.#limits.windowSeconds * 1000)
  }
}
