// The port to the database server: a user's login becomes a Db.
import type { Db } from './db.ts'

export interface Login {
  readonly username: string
  readonly password: string
  readonly database: string
}

/** Hears of what was written, in the order in which it was. */
export interface Writes {
  /** Up to this position (a GTID) of the server's binary log. */
  wrote(position: string): void
  /** Something may have been written, and nobody knows up to where. */
  lost(): void
}

export interface Databases {
  /** The Db of a login; connections are opened when a statement needs one. */
  open(login: Login, writes?: Writes): Db
  /** Whether the server lets the login in, asked over a connection of its own. Fails with a DatabaseError. */
  check(login: Login): Promise<void>
  /** Closes every connection once its statement is done. */
  close(): Promise<void>
}
