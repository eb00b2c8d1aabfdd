// Connections of many users under one bound: opened when needed, shared fairly, closed when idle.
import { DatabaseError } from './errors.ts'

export interface Poolable {
  readonly usable: boolean
  close(): void
}

export interface Bounds {
  /** Connections of all users together. */
  readonly total: number
  readonly perUser: number
  readonly idleMilliseconds: number
  /** A connection older than this is not kept: the rights and the password it was opened with may be gone. */
  readonly lifeMilliseconds: number
  /** How long a request waits for a connection. */
  readonly waitMilliseconds: number
}

interface Member<C> {
  readonly connection: C
  readonly user: string
  readonly bornAt: number
  idleSince: number
}

interface Waiter<C> {
  readonly user: string
  readonly fresh: boolean
  readonly open: () => Promise<C>
  readonly since: number
  readonly resolve: (member: Member<C>) => void
  readonly reject: (error: unknown) => void
}

/** A lent connection; give it back exactly once. */
export interface Loan<C> {
  readonly connection: C
  /** `keep` false closes it: its state is unknown. */
  giveBack(keep: boolean): void
}

export class Pools<C extends Poolable> {
  readonly #bounds: Bounds
  readonly #now: () => number
  /** Oldest first. */
  #idle: Member<C>[] = []
  #waiting: Waiter<C>[] = []
  readonly #open = new Map<string, number>()
  readonly #retired = new Set<string>()
  #limit: number
  #total = 0
  #closed = false

  constructor(bounds: Bounds, now: () => number) {
    this.#bounds = bounds
    this.#limit = bounds.total
    this.#now = now
  }

  /** A connection of the user; `fresh` opens a new one even when one is idle (to see whether a password is right). */
  async borrow(user: string, open: () => Promise<C>, fresh = false): Promise<Loan<C>> {
    if (this.#closed) throw new DatabaseError('unavailable', 0, '', 'the service is stopping')
    const member = await new Promise<Member<C>>((resolve, reject) => {
      this.#waiting.push({ user, fresh, open, since: this.#now(), resolve, reject })
      this.#serve()
    })
    let lent = true
    const giveBack = (keep: boolean) => {
      if (lent) this.#takeBack(member, keep)
      lent = false
    }
    return { connection: member.connection, giveBack }
  }

  /** Closes what nobody has used for a while and lets go who has waited too long. */
  sweep(): void {
    const { idleMilliseconds, waitMilliseconds } = this.#bounds
    const now = this.#now()
    for (const member of this.#idle.filter(({ idleSince }) => now - idleSince >= idleMilliseconds)) this.#close(member)
    const late = this.#waiting.filter(({ since }) => now - since >= waitMilliseconds)
    this.#waiting = this.#waiting.filter((waiter) => !late.includes(waiter))
    for (const { reject } of late) reject(new DatabaseError('unavailable', 0, '', 'no connection to the database became free in time'))
    this.#serve()
  }

  /** Closes the connections of these users: idle ones now, the others when they come back. */
  retire(isRetired: (user: string) => boolean): void {
    for (const user of this.#open.keys()) if (isRetired(user)) this.#retired.add(user)
    for (const member of this.#idle.filter(({ user }) => isRetired(user))) this.#close(member)
    this.#serve()
  }

  /** Another bound for all users together: what is too many goes now if it is idle, else when it comes back. */
  resize(total: number): void {
    this.#limit = total
    for (const member of this.#idle.slice(0, Math.max(0, this.#total - total))) this.#close(member)
    this.#serve()
  }

  get size(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    return { total: this.#total, idle: this.#idle.length, waiting: this.#waiting.length }
  }

  close(): void {
    this.#closed = true
    for (const member of this.#idle) this.#close(member)
    for (const { reject } of this.#waiting.splice(0)) reject(new DatabaseError('unavailable', 0, '', 'the service is stopping'))
  }

  /** Serves the waiters in the order in which they came; one whose user has all he may have lets the others pass. */
  #serve(): void {
    for (const dead of this.#idle.filter(({ connection }) => !connection.usable)) this.#close(dead)
    this.#waiting = this.#waiting.filter((waiter) => !this.#serveOne(waiter))
  }

  #serveOne(waiter: Waiter<C>): boolean {
    const mine = waiter.fresh ? undefined : this.#idle.findLast(({ user }) => user === waiter.user)
    if (mine) {
      this.#idle = this.#idle.filter((member) => member !== mine)
      waiter.resolve(mine)
      return true
    }
    if (!waiter.fresh && (this.#open.get(waiter.user) ?? 0) >= this.#bounds.perUser) return false
    if (this.#total >= this.#limit) {
      const [oldest] = this.#idle
      if (!oldest) return false
      this.#close(oldest)
    }
    this.#count(waiter.user, 1)
    void this.#openFor(waiter)
    return true
  }

  async #openFor({ user, open, resolve, reject }: Waiter<C>): Promise<void> {
    try {
      const connection = await open()
      resolve({ connection, user, bornAt: this.#now(), idleSince: 0 })
    } catch (error) {
      this.#count(user, -1)
      reject(error)
      this.#serve()
    }
  }

  #takeBack(member: Member<C>, keep: boolean): void {
    const { connection, user, bornAt } = member
    const now = this.#now()
    const tooMany = this.#total > this.#limit || (this.#open.get(user) ?? 0) > this.#bounds.perUser
    const unwanted = this.#closed || tooMany || this.#retired.has(user)
    if (!keep || unwanted || !connection.usable || now - bornAt >= this.#bounds.lifeMilliseconds) this.#close(member)
    else {
      member.idleSince = now
      this.#idle.push(member)
    }
    this.#serve()
  }

  #close(member: Member<C>): void {
    this.#idle = this.#idle.filter((one) => one !== member)
    this.#count(member.user, -1)
    member.connection.close()
  }

  #count(user: string, change: 1 | -1): void {
    const open = (this.#open.get(user) ?? 0) + change
    this.#total += change
    if (open > 0) this.#open.set(user, open)
    else {
      this.#open.delete(user)
      this.#retired.delete(user)
    }
  }
}
