// A Db that adds up how long it took and how many statements there were, its transactions' own ones included.
import type { Db, Outcome, Statement } from '../db/db.ts'
import type { Spent } from './spent.ts'

/** A clock that only ever goes forward, in milliseconds. */
export type Ticks = () => number

interface Around {
  /** Sent before the work, and as many after it. */
  readonly statements: number
  readonly inTransaction: boolean
}

class TimedDb implements Db {
  readonly #db: Db
  readonly #spent: Spent
  readonly #ticks: Ticks
  readonly #inTransaction: boolean

  constructor(db: Db, spent: Spent, ticks: Ticks, inTransaction = false) {
    this.#db = db
    this.#spent = spent
    this.#ticks = ticks
    this.#inTransaction = inTransaction
  }

  all<Row extends object>(statement: Statement): Promise<readonly Row[]> {
    return this.#timed(() => this.#db.all<Row>(statement))
  }

  first<Row extends object>(statement: Statement): Promise<Row | undefined> {
    return this.#timed(() => this.#db.first<Row>(statement))
  }

  run(statement: Statement): Promise<Outcome> {
    return this.#timed(() => this.#db.run(statement))
  }

  transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    // work within a transaction joins it: no statement is sent
    return this.#around((through) => this.#db.transaction(through), work, { statements: this.#inTransaction ? 0 : 1, inTransaction: true })
  }

  pinned<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#around((through) => this.#db.pinned(through), work, { statements: 0, inTransaction: this.#inTransaction })
  }

  async #timed<T>(statement: () => Promise<T>): Promise<T> {
    const start = this.#ticks()
    try {
      return await statement()
    } finally {
      this.#spent.milliseconds += this.#ticks() - start
      this.#spent.statements += 1
    }
  }

  /** Counts what lies before and after the work: waiting for a connection, the beginning and the end of a transaction. */
  async #around<T>(call: (through: (db: Db) => Promise<T>) => Promise<T>, work: (db: Db) => Promise<T>, { statements, inTransaction }: Around): Promise<T> {
    let since = this.#ticks()
    const spend = () => {
      this.#spent.milliseconds += this.#ticks() - since
    }
    try {
      return await call(async (db) => {
        spend()
        this.#spent.statements += statements
        try {
          return await work(new TimedDb(db, this.#spent, this.#ticks, inTransaction))
        } finally {
          since = this.#ticks()
          this.#spent.statements += statements
        }
      })
    } finally {
      spend()
    }
  }
}

export const timedDb = (db: Db, spent: Spent, ticks: Ticks): Db => new TimedDb(db, spent, ticks)
