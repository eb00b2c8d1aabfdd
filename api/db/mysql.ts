// The adapter behind the ports Databases and Db, on pools.ts and connection.ts.
import type { Clock } from '../deps.ts'
import { type Connection, connect, type Server } from './connection.ts'
import type { Databases, Login, Writes } from './databases.ts'
import type { Db, Outcome, Statement } from './db.ts'
import type { PauseGate } from './pause-gate.ts'
import { Attempt, PinnedDb } from './pinned-db.ts'
import { type Bounds, type Loan, Pools } from './pools.ts'

/** The password is part of the key: whoever holds another one must not get a connection that was opened with the right one. */
const keyOf = ({ username, database, password }: Login) => JSON.stringify([username, database, password])
const ownerOf = (key: string) => JSON.stringify((JSON.parse(key) as string[]).slice(0, 2))

/** A transaction whose end was not heard, or a write whose answer does not tell, may be anywhere. */
const tell = (writes: Writes, connection: Connection, { mayHaveWritten, wroteUnseen }: Attempt, isDone: boolean): void => {
  const position = connection.takePosition()
  if (position) writes.wrote(position)
  if (wroteUnseen || (mayHaveWritten && !isDone && !connection.usable)) writes.lost()
}

type Lend = <T>(fresh: boolean, work: (loan: Loan<Connection>) => Promise<T>) => Promise<T>

class PooledDb implements Db {
  readonly #lend: Lend
  readonly #writes: Writes | undefined

  constructor(lend: Lend, writes: Writes | undefined) {
    this.#lend = lend
    this.#writes = writes
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

  /** Once more, on a connection that is opened for it, when the first statement met a server that had gone or may not write. */
  async #with<T>(work: (db: Db) => Promise<T>, keep = true): Promise<T> {
    const attempt = new Attempt()
    try {
      return await this.#once(work, keep, attempt, false)
    } catch (error) {
      if (!attempt.isRepeatable(error)) throw error
      return this.#once(work, keep, new Attempt(), true)
    }
  }

  #once<T>(work: (db: Db) => Promise<T>, keep: boolean, attempt: Attempt, fresh: boolean): Promise<T> {
    const doing = async (loan: Loan<Connection>): Promise<T> => {
      const { connection } = loan
      let isDone = false
      try {
        const result = await work(new PinnedDb(connection, attempt))
        isDone = true
        return result
      } finally {
        if (this.#writes) tell(this.#writes, connection, attempt, isDone)
        loan.giveBack(keep && !attempt.isRefused)
      }
    }
    return this.#lend(fresh, doing)
  }
}

export interface MysqlDatabases extends Databases {
  readonly size: Pools<Connection>['size']
  /** Another bound for the connections of all users together. */
  resize(total: number): void
  /** A connection of a login, for as long as the work takes. */
  lend<T>(login: Login, work: (connection: Connection) => Promise<T>): Promise<T>
}

/** Work that nothing holds back. */
const freely: Pick<PauseGate, 'generation' | 'pass'> = { generation: 0, pass: async (take, work) => work(await take()) }

/** `gate` holds work back while the operator moves the primary; connections that were opened before are not used after that. */
export const mysqlDatabases = (server: Server, bounds: Bounds, clock: Pick<Clock, 'now'>, gate = freely): MysqlDatabases => {
  const pools = new Pools<Connection>(bounds, () => clock.now().getTime())
  const sweeper = setInterval(() => pools.sweep(), 1_000)
  sweeper.unref()
  const opened = (login: Login): Promise<Connection> => {
    const { generation } = gate
    return connect(server, login, () => gate.generation !== generation)
  }
  const lend =
    (login: Login) =>
    <T>(fresh: boolean, work: (loan: Loan<Connection>) => Promise<T>): Promise<T> =>
      gate.pass(() => pools.borrow(keyOf(login), () => opened(login), fresh), work)
  return {
    open: (login, writes) => new PooledDb(lend(login), writes),
    check: async (login) => {
      await lend(login)(true, async (loan) => loan.giveBack(true))
      // a new password is in force: connections that were opened with an old one go
      const key = keyOf(login)
      pools.retire((other) => other !== key && ownerOf(other) === ownerOf(key))
    },
    get size() {
      return pools.size
    },
    resize: (total) => pools.resize(total),
    lend: (login, work) =>
      lend(login)(false, async (loan) => {
        try {
          return await work(loan.connection)
        } finally {
          loan.giveBack(true)
        }
      }),
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
