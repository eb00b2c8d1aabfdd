// The adapter behind the ports Databases and Db, on pools.ts and connection.ts.
import type { Clock } from '../deps.ts'
import { type Connection, connect, type Server } from './connection.ts'
import type { Databases, Login } from './databases.ts'
import type { Db, Outcome, Statement } from './db.ts'
import { DatabaseError } from './errors.ts'
import { type Bounds, type Loan, Pools } from './pools.ts'

/** The password is part of the key: whoever holds another one must not get a connection that was opened with the right one. */
const keyOf = ({ username, database, password }: Login) => JSON.stringify([username, database, password])
const ownerOf = (key: string) => JSON.stringify((JSON.parse(key) as string[]).slice(0, 2))

const start: Statement = { sql: 'START TRANSACTION', values: [] }
const commit: Statement = { sql: 'COMMIT', values: [] }
const rollback: Statement = { sql: 'ROLLBACK', values: [] }

/** The server has ended the transaction to free another one. */
const deadlock = 1213

/** A Db on one connection; a transaction within a transaction joins it. */
class PinnedDb implements Db {
  readonly #connection: Connection
  readonly #inTransaction: boolean
  /** Why the server has undone the transaction: what came after it would be outside of any. */
  #undone: DatabaseError | undefined

  constructor(connection: Connection, inTransaction = false) {
    this.#connection = connection
    this.#inTransaction = inTransaction
  }

  all<Row extends object>(statement: Statement): Promise<readonly Row[]> {
    // the statement and the row type stand side by side in the repositories
    return this.#guarded(() => this.#connection.rows(statement)) as Promise<readonly Row[]>
  }

  async first<Row extends object>(statement: Statement): Promise<Row | undefined> {
    return (await this.all<Row>(statement))[0]
  }

  run(statement: Statement): Promise<Outcome> {
    return this.#guarded(() => this.#connection.run(statement))
  }

  pinned<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return work(this)
  }

  async transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    if (this.#inTransaction) return work(this)
    await this.#connection.run(start)
    try {
      const result = await work(new PinnedDb(this.#connection, true))
      await this.#connection.run(commit)
      return result
    } catch (error) {
      await this.#undo()
      throw error
    }
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#undone) throw this.#undone
    try {
      return await work()
    } catch (error) {
      if (this.#inTransaction && error instanceof DatabaseError && error.errno === deadlock) this.#undone = error
      throw error
    }
  }

  /** When even that fails the connection is not used again, and the server undoes the work itself. */
  async #undo(): Promise<void> {
    try {
      await this.#connection.run(rollback)
    } catch {
      this.#connection.close()
    }
  }
}

class PooledDb implements Db {
  readonly #borrow: () => Promise<Loan<Connection>>

  constructor(borrow: () => Promise<Loan<Connection>>) {
    this.#borrow = borrow
  }

  all<Row extends object>(statement: Statement): Promise<readonly Row[]> {
    return this.#with((db) => db.all<Row>(statement))
  }

  first<Row extends object>(statement: Statement): Promise<Row | undefined> {
    return this.#with((db) => db.first<Row>(statement))
  }

  run(statement: Statement): Promise<Outcome> {
    return this.#with((db) => db.run(statement))
  }

  transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#with((db) => db.transaction(work))
  }

  /** Whoever asks for a connection of his own may leave locks and variables behind: it is closed after the work. */
  pinned<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#with(work, false)
  }

  async #with<T>(work: (db: Db) => Promise<T>, keep = true): Promise<T> {
    const loan = await this.#borrow()
    try {
      return await work(new PinnedDb(loan.connection))
    } finally {
      loan.giveBack(keep)
    }
  }
}

export interface MysqlDatabases extends Databases {
  readonly size: Pools<Connection>['size']
  /** Another bound for all users together. */
  resize(total: number): void
}

export const mysqlDatabases = (server: Server, bounds: Bounds, clock: Pick<Clock, 'now'>): MysqlDatabases => {
  const pools = new Pools<Connection>(bounds, () => clock.now().getTime())
  const sweeper = setInterval(() => pools.sweep(), 1_000)
  sweeper.unref()
  const borrow = (login: Login, fresh: boolean) => pools.borrow(keyOf(login), () => connect(server, login), fresh)
  return {
    open: (login) => new PooledDb(() => borrow(login, false)),
    check: async (login) => {
      const loan = await borrow(login, true)
      loan.giveBack(true)
      // a new password is in force: connections that were opened with an old one go
      const key = keyOf(login)
      pools.retire((other) => other !== key && ownerOf(other) === ownerOf(key))
    },
    get size() {
      return pools.size
    },
    resize: (total) => pools.resize(total),
    close: async () => {
      clearInterval(sweeper)
      pools.close()
    },
  }
}

/** This process's part of what all replicas may open, and how much of it the service account gets. */
export const shareOf = (poolTotal: number, maxReplicas: number): { readonly service: number; readonly users: number } => {
  const share = Math.max(2, Math.floor(poolTotal / maxReplicas))
  const service = Math.min(4, Math.max(1, Math.floor(share / 6)))
  return { service, users: share - service }
}
