// Attempts to log in over all replicas: per account as typed, and per client address. One counts from its beginning, or a hundred at once would all be the first.
import type { Settings } from '../config.ts'
import type { Clock } from '../deps.ts'
import { hasRoom, type OperationsStore, type Subject, type Tally } from './store.ts'

export type Limits = Pick<Settings['auth'], 'maxLoginAttempts' | 'maxLoginAttemptsPerAddress' | 'windowSeconds'>

/** An attempt that has not ended after this many milliseconds, longer than a connection is waited for, will not. */
const lost = 150_000

/** How often, and after how many milliseconds, it is asked again whether there is room: ten seconds in all. */
const turns = 100
const pause = 100

/** Whole seconds until the oldest failure leaves the window, or 0 when fewer have failed than may. */
export const lockedFor = ({ failed, oldest }: Tally, limit: number, windowSeconds: number, now: Date): number =>
  failed < limit || !oldest ? 0 : Math.max(1, Math.ceil((oldest.getTime() - now.getTime()) / 1000 + windowSeconds))

export class LoginAttempts {
  readonly #store: OperationsStore
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(store: OperationsStore, clock: Clock, limits: Limits) {
    this.#store = store
    this.#clock = clock
    this.#limits = limits
  }

  /** Attempts on one account come one after another: those that wait need not ask the database again and again. */
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

  /** Begins an attempt, or answers for how many seconds this account or this address is locked. */
  async begin(id: string, username: string, address: string): Promise<number> {
    const subjects = this.#subjects(username, address)
    for (let turn = 0; turn < turns; turn++) {
      const now = this.#clock.now()
      const tallies = await this.#store.beginAttempt(id, subjects, { now, since: this.#since(now), lostBefore: new Date(now.getTime() - lost) })
      const counted = subjects.flatMap((subject, index) => (tallies[index] ? [{ subject, tally: tallies[index] }] : []))
      if (counted.every(({ subject, tally }) => hasRoom(tally, subject))) return 0
      const seconds = Math.max(...counted.map(({ subject, tally }) => lockedFor(tally, subject.limit, this.#limits.windowSeconds, now)))
      if (seconds > 0) return seconds
      // the room is taken by attempts that may succeed
      await this.#clock.sleep(pause)
    }
    return 1
  }

  /** How many attempts the account has left (undefined when they are not limited). */
  async fail(id: string, username: string): Promise<number | undefined> {
    await this.#store.failAttempt(id)
    if (this.#limits.maxLoginAttempts === 0) return undefined
    const count = await this.#store.countFailures({ kind: 'account', name: username }, this.#since(this.#clock.now()))
    return Math.max(0, this.#limits.maxLoginAttempts - count)
  }

  /** The address keeps its failures: an attacker may have an account of his own. */
  async succeed(id: string, username: string): Promise<void> {
    await this.#store.withdrawAttempt(id)
    await this.#store.clearFailures({ kind: 'account', name: username })
  }

  /** Nothing was learnt about the password. */
  withdraw(id: string): Promise<void> {
    return this.#store.withdrawAttempt(id)
  }

  #subjects(username: string, address: string): readonly Subject[] {
    const { maxLoginAttempts, maxLoginAttemptsPerAddress } = this.#limits
    const subjects: readonly Subject[] = [
      { kind: 'account', name: username, limit: maxLoginAttempts },
      { kind: 'address', name: address, limit: maxLoginAttemptsPerAddress },
    ]
    return subjects.filter(({ limit }) => limit > 0)
  }

  #since(now: Date): Date {
    return new Date(now.getTime() - this.#limits.windowSeconds * 1000)
  }
}
