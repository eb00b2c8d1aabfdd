// The Db of a request that only reads: from a replica as long as that is sure to have what the session has written, else from the primary.
import type { Login } from '../databases.ts'
import type { Db, Outcome, Statement } from '../db.ts'
import { isRead } from '../pinned-db.ts'
import type { Position } from './position.ts'
import type { Replica } from './replica.ts'

export class RoutedDb implements Db {
  readonly #primary: Db
  readonly #login: Login
  readonly #wanted: Position
  /** Undefined once the primary answers all that is still to come. */
  #replica: Replica | undefined

  constructor(primary: Db, replica: Replica, login: Login, wanted: Position) {
    this.#primary = primary
    this.#replica = replica
    this.#login = login
    this.#wanted = wanted
  }

  async all<Row extends object>(statement: Statement): Promise<readonly Row[]> {
    const replica = this.#replica
    if (replica && isRead(statement)) {
      const rows = await replica.rows(this.#login, this.#wanted, statement)
      // the statement and the row type stand side by side in the repositories
      if (rows) return rows as readonly Row[]
    }
    return this.#onPrimary().all<Row>(statement)
  }

  async first<Row extends object>(statement: Statement): Promise<Row | undefined> {
    return (await this.all<Row>(statement))[0]
  }

  run(statement: Statement): Promise<Outcome> {
    return this.#onPrimary().run(statement)
  }

  transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#onPrimary().transaction(work)
  }

  pinned<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#onPrimary().pinned(work)
  }

  /** Whatever follows a write has to see it. */
  #onPrimary(): Db {
    this.#replica = undefined
    return this.#primary
  }
}
