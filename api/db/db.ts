// The port to a user's database. mysql.ts implements it.

/** A statement: text with `?` for each value. Built by the `sql` tag of sql-template-tag. */
export interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** What a writing statement did. */
export interface Outcome {
  /** Rows that the statement found, changed or not. */
  readonly affectedRows: number
  /** Rows whose content is another one now. */
  readonly changedRows: number
  /** The AUTO_INCREMENT value of the (first) inserted row, else 0. */
  readonly insertId: number
}

/**
 * Rows come as plain objects: DECIMAL as a string with all its decimals, DATETIME as `YYYY-MM-DDTHH:MM:SS`, DATE as `YYYY-MM-DD`,
 * a zero date as null, integers as numbers, JSON as the text that is stored.
 * Every call fails with a DatabaseError (errors.ts).
 */
export interface Db {
  all<Row extends object>(statement: Statement): Promise<readonly Row[]>
  first<Row extends object>(statement: Statement): Promise<Row | undefined>
  run(statement: Statement): Promise<Outcome>
  /** All or nothing. Inside another transaction the work joins that one. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** One connection for all of the work, for locks and session variables; it is not used for anything afterwards. */
  pinned<T>(work: (db: Db) => Promise<T>): Promise<T>
}
