// A Db on one connection, and what is known of the work done on it: whether it may be begun again, and whether it may have written.
import type { Connection } from './connection.ts'
import type { Db, Outcome, Statement } from './db.ts'
import { DatabaseError } from './errors.ts'

const start: Statement = { sql: 'START TRANSACTION', values: [] }
const commit: Statement = { sql: 'COMMIT', values: [] }
const rollback: Statement = { sql: 'ROLLBACK', values: [] }

/** The server has ended the transaction to free another one. */
const deadlock = 1213
/** The connection was cut; by its server going away, or by somebody who ended it. */
const cutOff: readonly number[] = [1053, 1927, 2006, 2013]
/** The server is, or has just become, one that only reads. */
const readOnly: readonly number[] = [1290, 1836]

/** Without a number there was no answer; a statement that only took too long would take as long again. */
const isCut = ({ errno, sqlState }: DatabaseError): boolean => (errno === 0 && sqlState !== 'PROTOCOL_SEQUENCE_TIMEOUT') || cutOff.includes(errno)

/** 1290 is said of other options, too. */
const isRefused = ({ errno, message }: DatabaseError): boolean => readOnly.includes(errno) && (errno !== 1290 || message.includes('read-only'))

export const isRead = ({ sql }: Statement): boolean => /^\s*(?:SELECT|WITH|SHOW)\b/i.test(sql)

/** What is known of work on a connection. */
export class Attempt {
  #hasAnswer = false
  #repeatable: unknown
  /** Something was sent that may have changed data. */
  mayHaveWritten = false
  /** Data was changed by a statement whose answer is rows, which say nothing of the position. */
  wroteUnseen = false
  /** The server does not let this connection write. */
  isRefused = false

  answered(): void {
    this.#hasAnswer = true
  }

  /** `isUndone`: nothing of the statement remains when the connection is gone. */
  failed(error: unknown, isUndone: boolean): void {
    if (!(error instanceof DatabaseError)) return
    this.isRefused ||= isRefused(error)
    if (!this.#hasAnswer && (isRefused(error) || (isUndone && isCut(error)))) this.#repeatable = error
    this.#hasAnswer = true
  }

  /** The work ended with the failure of its first statement, which has left nothing behind: another connection may do better. */
  isRepeatable(error: unknown): boolean {
    return error !== undefined && error === this.#repeatable
  }
}

/** A Db on one connection; a transaction within a transaction joins it. */
export class PinnedDb implements Db {
  readonly #connection: Connection
  readonly #attempt: Attempt
  readonly #inTransaction: boolean
  /** Why the server has undone the transaction: what came after it would be outside of any. */
  #undone: DatabaseError | undefined

  constructor(connection: Connection, attempt: Attempt, inTransaction = false) {
    this.#connection = connection
    this.#attempt = attempt
    this.#inTransaction = inTransaction
  }

  all<Row extends object>(statement: Statement): Promise<readonly Row[]> {
    if (!isRead(statement)) this.#attempt.wroteUnseen = true
    // the statement and the row type stand side by side in the repositories
    return this.#guarded(isRead(statement), () => this.#connection.rows(statement)) as Promise<readonly Row[]>
  }

  async first<Row extends object>(statement: Statement): Promise<Row | undefined> {
    return (await this.all<Row>(statement))[0]
  }

  run(statement: Statement): Promise<Outcome> {
    return this.#guarded(false, () => this.#connection.run(statement))
  }

  pinned<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return work(this)
  }

  async transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    if (this.#inTransaction) return work(this)
    await this.#watched(true, () => this.#connection.run(start))
    try {
      const result = await work(new PinnedDb(this.#connection, this.#attempt, true))
      await this.#connection.run(commit)
      return result
    } catch (error) {
      await this.#undo()
      throw error
    }
  }

  async #guarded<T>(isReading: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#undone) throw this.#undone
    if (!isReading) this.#attempt.mayHaveWritten = true
    try {
      const result = await this.#watched(isReading || this.#inTransaction, work)
      this.#attempt.answered()
      return result
    } catch (error) {
      if (this.#inTransaction && error instanceof DatabaseError && error.errno === deadlock) this.#undone = error
      throw error
    }
  }

  async #watched<T>(isUndone: boolean, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#attempt.failed(error, isUndone)
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
