// Which sessions are alive: revoked ones are gone on every replica within a second, idle ones time out.
import type { Clock } from '../deps.ts'
import type { OperationsStore, SessionRow } from './store.ts'

export type SessionState = 'alive' | 'idle' | 'gone'

/** How old an answer of the operations database may be; a logout elsewhere is seen after this at the latest. */
const freshness = 900
const minute = 60_000

interface Known {
  readonly at: number
  readonly row: Promise<SessionRow | undefined>
}

/** Activity is written seldom, so what the row says may be older than the truth by this. */
export const writeInterval = (idleSeconds: number): number => Math.min(minute, idleSeconds * 250)

/** Never too early: activity on another replica may not be written yet. */
export const isIdle = (lastKnown: number, now: number, idleSeconds: number): boolean => now - lastKnown > idleSeconds * 1000 + writeInterval(idleSeconds)

export class Sessions {
  readonly #store: OperationsStore
  readonly #clock: Pick<Clock, 'now'>
  readonly #idleSeconds: number
  readonly #known = new Map<string, Known>()
  /** When a session was last active here, and when that was last written. */
  readonly #active = new Map<string, { at: number; written: number }>()

  constructor(store: OperationsStore, clock: Pick<Clock, 'now'>, idleSeconds: number) {
    this.#store = store
    this.#clock = clock
    this.#idleSeconds = idleSeconds
  }

  create(id: string, username: string): Promise<void> {
    return this.#store.insertSession({ id, username, createdAt: this.#clock.now() })
  }

  /** Counts as activity when the session is alive. */
  async visit(id: string): Promise<SessionState> {
    const now = this.#clock.now().getTime()
    const row = await this.#row(id, now)
    if (!row || row.revokedAt) return 'gone'
    const active = this.#active.get(id) ?? { at: 0, written: 0 }
    if (isIdle(Math.max(active.at, row.lastActivity.getTime()), now, this.#idleSeconds)) return 'idle'
    const written = Math.max(active.written, row.lastActivity.getTime())
    const due = now - written >= writeInterval(this.#idleSeconds)
    this.#active.set(id, { at: now, written: due ? now : written })
    if (due) await this.#write(id, now, written)
    return 'alive'
  }

  /** What is known of a session, with its activity here. */
  async find(id: string): Promise<SessionRow | undefined> {
    const row = await this.#store.findSession(id)
    const active = this.#active.get(id)?.at ?? 0
    return row && { ...row, lastActivity: new Date(Math.max(active, row.lastActivity.getTime())) }
  }

  async end(id: string): Promise<void> {
    const now = this.#clock.now()
    await this.#store.revokeSession(id, now)
    this.#forget(id, now)
  }

  /** Sessions that were active here within the idle time-out. */
  get known(): number {
    return this.#active.size
  }

  /** Ends all sessions of a user but one. */
  async endOthers(username: string, kept: string): Promise<void> {
    const now = this.#clock.now()
    for (const id of await this.#store.revokeOthers(username, kept, now)) this.#forget(id, now)
  }

  /** Forgets what nobody has asked for lately. */
  sweep(): void {
    const now = this.#clock.now().getTime()
    for (const [id, { at }] of this.#known) if (now - at > minute) this.#known.delete(id)
    for (const [id, { at }] of this.#active) if (now - at > this.#idleSeconds * 1000 + minute) this.#active.delete(id)
  }

  /** Replaces a read that is on its way and may still have seen the session alive. */
  #forget(id: string, now: Date): void {
    this.#known.set(id, { at: now.getTime(), row: Promise.resolve(undefined) })
    this.#active.delete(id)
  }

  async #row(id: string, now: number): Promise<SessionRow | undefined> {
    const known = this.#known.get(id)
    if (known && now - known.at < freshness) return known.row
    const reading = { at: now, row: this.#store.findSession(id) }
    this.#known.set(id, reading)
    try {
      return await reading.row
    } catch (error) {
      if (this.#known.get(id) === reading) this.#known.delete(id)
      throw error
    }
  }

  async #write(id: string, now: number, before: number): Promise<void> {
    try {
      await this.#store.touchSession(id, new Date(now))
    } catch (error) {
      this.#active.set(id, { at: now, written: before })
      throw error
    }
  }
}
