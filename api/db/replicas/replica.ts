// One server that follows the primary: asked when it has what the session has written, left alone for a while when it has not.
import sql from 'sql-template-tag'
import type { Clock } from '../../deps.ts'
import type { Connection } from '../connection.ts'
import type { Login } from '../databases.ts'
import type { Statement } from '../db.ts'
import { DatabaseError } from '../errors.ts'
import { covers, type Position, positionText, union } from './position.ts'

/** Seconds that a request waits for a replica that is a little behind. */
const patience = 0.05
/** Milliseconds after which an answer about that does not come any more. */
const longestAnswer = 1_000
/** How long a replica is left alone that was behind or did not answer. */
const rest = 3_000
/** How old the knowledge may be that it follows the primary. */
const freshness = 1_000

export interface Lender {
  lend<T>(login: Login, work: (connection: Connection) => Promise<T>): Promise<T>
}

const wait = (wanted: Position) => sql`SELECT MASTER_GTID_WAIT(${positionText(wanted)}, ${patience}) AS waited`
// the status says so to everybody; SHOW REPLICA STATUS wants a right that users do not have
const follows = sql`SELECT variable_value AS running FROM information_schema.global_status WHERE variable_name = 'SLAVE_RUNNING'`

export class Replica {
  readonly #lender: Lender
  readonly #clock: Clock
  #restsUntil = 0
  #checkedAt = Number.NEGATIVE_INFINITY
  /** Behind one name there may be several servers, so each connection stands for its own. */
  readonly #reached = new WeakMap<Connection, Position>()

  constructor(lender: Lender, clock: Clock) {
    this.#lender = lender
    this.#clock = clock
  }

  get isResting(): boolean {
    return this.#now() < this.#restsUntil
  }

  /** The rows, from a server that has reached the position; undefined = ask the primary, which also knows what is wrong with the statement. */
  async rows(login: Login, wanted: Position, statement: Statement): Promise<readonly object[] | undefined> {
    // after a rest one request finds out for all whether it is over
    if (this.#restsUntil > 0) this.#rest()
    try {
      return await this.#lender.lend(login, async (connection) => {
        if (!(await this.#isFit(connection, wanted))) return this.#rest()
        this.#restsUntil = 0
        return connection.rows(statement)
      })
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      if (error.fault === 'unavailable' || error.fault === 'denied') this.#rest()
      return undefined
    }
  }

  #now(): number {
    return this.#clock.now().getTime()
  }

  #rest(): undefined {
    this.#restsUntil = this.#now() + rest
  }

  async #isFit(connection: Connection, wanted: Position): Promise<boolean> {
    const reached = this.#reached.get(connection)
    const asked = this.#now()
    if (!reached || !covers(reached, wanted)) {
      const [row] = (await this.#inTime(connection, wait(wanted))) as readonly { readonly waited: number | null }[]
      if (row?.waited !== 0) return false
      this.#reached.set(connection, reached ? union(reached, wanted) : wanted)
    }
    // a clock that was set back must not make the knowledge last
    if (Math.abs(asked - this.#checkedAt) < freshness) return true
    const [row] = (await this.#inTime(connection, follows)) as readonly { readonly running: string }[]
    if (row?.running !== 'ON') return false
    this.#checkedAt = asked
    return true
  }

  /** A server that stands still answers nothing, not even that it is behind. */
  async #inTime(connection: Connection, statement: Statement): Promise<readonly object[]> {
    const answered = new AbortController()
    const late = this.#clock.sleep(longestAnswer, answered.signal).then(
      () => connection.close(),
      () => {},
    )
    try {
      const rows = await Promise.race([connection.rows(statement), late])
      if (!rows) throw new DatabaseError('unavailable', 0, '', 'the replica did not answer in time')
      return rows
    } catch (error) {
      // whatever it was, such a server is of no use to us: an old one, another make
      this.#rest()
      throw error
    } finally {
      answered.abort()
    }
  }
}
