// One connection to the server: opening, statements, and what its errors mean. All that is known of mysql2 is known here.
import { connect as connectSocket, isIP, type Socket } from 'node:net'
import mysql2, { type FieldPacket, type Connection as Mysql2, type ResultSetHeader, type SslOptions } from 'mysql2/promise'
import type { Settings } from '../config.ts'
import type { Login } from './databases.ts'
import type { Outcome, Statement } from './db.ts'
import { DatabaseError, faultOf } from './errors.ts'

/** Where the server is and how to talk to it. */
export interface Server extends Pick<Settings['database'], 'host' | 'port' | 'netReadTimeout' | 'netWriteTimeout' | 'maxExecutionTime'> {
  readonly tls: Settings['database']['tls']['mode']
  readonly ca: string | undefined
  /** Milliseconds; absent: five seconds. */
  readonly connectTimeout?: number
  /** The server says after each write where in its binary log it is. Only MariaDB can. */
  readonly tellsPosition?: boolean
}

export interface Connection {
  rows(statement: Statement): Promise<readonly object[]>
  run(statement: Statement): Promise<Outcome>
  /** False once the server or the network has cut it, a statement did not come back in time, or it may lead to a server that is not the primary any more. */
  readonly usable: boolean
  /** Position (a GTID) of the last write since this was asked last; undefined when there was none or the server does not tell. */
  takePosition(): string | undefined
  close(): void
}

const usualConnectTimeout = 5_000
/** How long the client waits beyond the time after which the server itself stops a statement. */
const patience = 5_000

const tlsOptions = ({ tls, ca }: Server): SslOptions | undefined => {
  if (tls === 'Disabled') return undefined
  if (tls === 'Required') return { rejectUnauthorized: false }
  return { rejectUnauthorized: true, verifyIdentity: tls === 'VerifyIdentity', ...(ca && { ca }) }
}

// For a server named by its address the library has Node verify no name at all, and Node then takes "localhost" for the name
// (tls.connect: servername, host, socket._host, 'localhost'): the socket itself has to say whom it was opened to.
const addressedSocket = ({ host, port }: Server): Socket => Object.assign(connectSocket({ host, port, noDelay: true, keepAlive: true }), { _host: host })

export const databaseError = (cause: unknown): DatabaseError => {
  if (cause instanceof DatabaseError) return cause
  const { errno, sqlState = '', code = '', message = String(cause) } = (cause ?? {}) as { errno?: number; sqlState?: string; code?: string; message?: string }
  // errors of the socket carry negative numbers of the operating system
  const number = errno !== undefined && errno > 0 ? errno : 0
  return new DatabaseError(faultOf(number), number, sqlState || (number ? '' : code), message, { cause })
}

/** mysql2 turns objects into SQL of its own; what is no plain value is a mistake of ours. */
const plain = (value: unknown): unknown => {
  const simple = value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value) || Buffer.isBuffer(value)
  if (!simple) throw new TypeError(`a statement was given a ${typeof value}; give it a text, a number, a boolean, null or a Buffer`)
  return value
}

const timestamps: readonly (number | undefined)[] = [mysql2.Types.TIMESTAMP, mysql2.Types.DATETIME]
const dates: readonly (number | undefined)[] = [mysql2.Types.DATE, mysql2.Types.NEWDATE]

const isoOf = (text: unknown): unknown => (typeof text !== 'string' ? text : text.startsWith('0000-00-00') ? null : text.replace(' ', 'T'))

/** Dates as the port promises them; rows without any are left as they are. */
const withDates = (rows: Record<string, unknown>[], fields: readonly FieldPacket[]): readonly object[] => {
  const names = fields.filter(({ columnType }) => timestamps.includes(columnType) || dates.includes(columnType)).map(({ name }) => name)
  for (const row of names.length > 0 ? rows : []) for (const name of names) row[name] = isoOf(row[name])
  return rows
}

/** With what the server has told of the session's variables. */
interface Header extends ResultSetHeader {
  readonly stateChanges?: { readonly systemVariables?: Readonly<Record<string, string>> }
}

class MysqlConnection implements Connection {
  readonly #mysql: Mysql2
  readonly #timeout: number
  readonly #isStale: () => boolean
  #isAlive = true
  #position: string | undefined

  constructor(mysql: Mysql2, timeout: number, isStale: () => boolean) {
    this.#mysql = mysql
    this.#timeout = timeout
    this.#isStale = isStale
    for (const event of ['error', 'end']) {
      mysql.on(event, () => {
        this.#isAlive = false
      })
    }
  }

  get usable(): boolean {
    return this.#isAlive && !this.#isStale()
  }

  takePosition(): string | undefined {
    const position = this.#position
    this.#position = undefined
    return position
  }

  async rows(statement: Statement): Promise<readonly object[]> {
    const [rows, fields] = await this.#query(statement)
    return Array.isArray(rows) ? withDates(rows as Record<string, unknown>[], fields) : []
  }

  async run(statement: Statement): Promise<Outcome> {
    const [result] = await this.#query(statement)
    const { affectedRows = 0, changedRows = 0, insertId = 0, stateChanges } = (Array.isArray(result) ? {} : result) as Partial<Header>
    const position = stateChanges?.systemVariables?.last_gtid
    if (position) this.#position = position
    return { affectedRows, changedRows, insertId }
  }

  close(): void {
    this.#isAlive = false
    this.#mysql.destroy()
  }

  async #query({ sql, values }: Statement) {
    const plainValues = values.map(plain)
    try {
      return await this.#mysql.query({ sql, values: plainValues, ...(this.#timeout > 0 && { timeout: this.#timeout }) })
    } catch (cause) {
      // without a number the answer never came: what is left on the wire belongs to nobody
      const error = databaseError(cause)
      if (error.errno === 0) this.close()
      throw error
    }
  }
}

const sessionStatement = ({ netReadTimeout, netWriteTimeout, maxExecutionTime, tellsPosition }: Server): Statement => ({
  sql: `SET SESSION net_read_timeout = ?, net_write_timeout = ?, sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', max_statement_time = ?${tellsPosition ? `, session_track_system_variables = 'last_gtid'` : ''}`,
  values: [netReadTimeout, netWriteTimeout, maxExecutionTime / 1000],
})

const never = () => false

/** Opens a connection; fails with a DatabaseError. */
export const connect = async (server: Server, login: Login, isStale: () => boolean = never): Promise<Connection> => {
  const ssl = tlsOptions(server)
  try {
    const mysql = await mysql2.createConnection({
      host: server.host,
      port: server.port,
      user: login.username,
      password: login.password,
      database: login.database,
      connectTimeout: server.connectTimeout ?? usualConnectTimeout,
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      jsonStrings: true,
      // a stack for each statement, in case it fails: a tenth of its cost, and our own errors have one
      trace: false,
      // we prepare none, and mysql2 sets half a megabyte aside in each connection for the 16,000 that it would remember
      maxPreparedStatements: 1,
      ...(ssl && { ssl }),
      ...(isIP(server.host) !== 0 && { stream: () => addressedSocket(server) }),
    })
    const connection = new MysqlConnection(mysql, server.maxExecutionTime && server.maxExecutionTime + patience, isStale)
    await connection.run(sessionStatement(server))
    return connection
  } catch (cause) {
    throw databaseError(cause)
  }
}
