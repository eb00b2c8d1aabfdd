// The port Mysql on mysql2: one connection for each use, closed after it.
import { connect as connectSocket, isIP, type Socket } from 'node:net'
import { type Connection, type ConnectionOptions, createConnection, type SslOptions } from 'mysql2/promise'
import type { Mysql, MysqlSession, MysqlTarget, Statement } from '../deps.ts'
import { connectFailure, statementFailure } from './failure.ts'

const connectMilliseconds = 5_000
const queryMilliseconds = 30_000
const goodbyeMilliseconds = 1_000

// What quoting and parsing rely on, whatever the server's default is: backslash escapes, no ANSI quotes, quoted names in SHOW GRANTS.
const sessionSettings = "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', SESSION sql_quote_show_create = 1"

function tlsOptions({ mode, ca }: MysqlTarget['tls']): SslOptions | undefined {
  if (mode === 'Disabled') return undefined
  if (mode === 'Required') return { rejectUnauthorized: false }
  return { rejectUnauthorized: true, verifyIdentity: mode === 'VerifyIdentity', ...(ca !== undefined && { ca }) }
}

// For a server named by its address the library asks Node to verify no name at all, and Node then falls back to "localhost"
// (tls.connect: servername, host, socket._host, 'localhost'): the socket itself has to say whom it was opened to.
const addressedSocket = ({ host, port }: MysqlTarget): Socket => Object.assign(connectSocket({ host, port, noDelay: true }), { _host: host })

const connectionOptions = (target: MysqlTarget): ConnectionOptions => {
  const ssl = tlsOptions(target.tls)
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    charset: 'utf8mb4',
    connectTimeout: connectMilliseconds,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ...(ssl && { ssl }),
    ...(isIP(target.host) !== 0 && { stream: () => addressedSocket(target) }),
  }
}

// The library expands an object into `key = value` and a list into several values: neither is ever meant here.
const isPlain = (value: unknown): boolean =>
  value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Uint8Array || value instanceof Date

function session(connection: Connection, target: MysqlTarget): MysqlSession {
  const ask = async ({ sql, values }: Statement): Promise<unknown> => {
    if (!values.every(isPlain)) throw new TypeError('A value of a statement is neither text, number, date, bytes nor null')
    try {
      // Without values the text is sent as it is: a question mark in a name is none of ours.
      const [rows] = await connection.query({ sql, timeout: queryMilliseconds, ...(values.length > 0 && { values: [...values] }) })
      return rows
    } catch (thrown) {
      throw statementFailure(target, values, thrown)
    }
  }
  return {
    all: async <Row extends object>(statement: Statement) => (await ask(statement)) as readonly Row[],
    run: async (statement) => {
      await ask(statement)
    },
  }
}

async function connect(target: MysqlTarget): Promise<Connection> {
  try {
    return await createConnection(connectionOptions(target))
  } catch (thrown) {
    throw connectFailure(target, thrown)
  }
}

/** Says goodbye, so that the server does not count and log an aborted connection each time; it need not answer. */
function leave(connection: Connection): void {
  const force = setTimeout(() => connection.destroy(), goodbyeMilliseconds)
  void connection
    .end()
    .catch(() => connection.destroy())
    .finally(() => clearTimeout(force))
}

export const mysql: Mysql = {
  async use(target, work) {
    const connection = await connect(target)
    // A connection that breaks between two statements says so as an event, which nobody else would catch; the next statement fails by itself.
    connection.on('error', () => undefined)
    try {
      const opened = session(connection, target)
      await opened.run({ sql: sessionSettings, values: [] })
      return await work(opened)
    } finally {
      leave(connection)
    }
  },
}
