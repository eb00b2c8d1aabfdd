// What the library threw, as a MysqlError. The library's error is not kept as cause: it carries the statement with its values in it.
import type { MysqlTarget } from '../deps.ts'
import { MysqlError } from './errors.ts'

interface LibraryError {
  readonly code?: unknown
  readonly errno?: unknown
  readonly message?: unknown
}

/** Codes of a server that is there but cannot serve anybody for the moment. */
const overloaded: ReadonlySet<string> = new Set(['ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN', 'ER_NORMAL_SHUTDOWN', 'ER_OUT_OF_RESOURCES'])
const loginDenied: ReadonlySet<string> = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR', 'ER_DBACCESS_DENIED_ERROR'])
const rightsMissing: ReadonlySet<string> = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_CANT_CREATE_USER_WITH_GRANT',
])

const place = (target: MysqlTarget): string => `${target.host}:${target.port}`

/** A parse error quotes the statement, and a message may quote a value: neither is passed on. */
const saying = (code: string, message: string, values: readonly unknown[]): string => {
  const texts = values.filter((value) => typeof value === 'string' && value !== '') as readonly string[]
  const quotes = code === 'ER_PARSE_ERROR' || texts.some((text) => message.includes(text) || message.includes(JSON.stringify(text).slice(1, -1)))
  return quotes ? 'its message is withheld because it may quote a value' : message
}

const unreachable = (target: MysqlTarget, code: string): MysqlError =>
  new MysqlError(
    'Unreachable',
    code,
    `The database server at ${place(target)} cannot be reached (${code}): check that it runs, that host and port are right, and that no network policy or firewall is in the way`,
  )

/** A failure before the session was there. */
export function connectFailure(target: MysqlTarget, thrown: unknown): MysqlError {
  const { code: given, errno, message } = thrown as LibraryError
  const code = typeof given === 'string' ? given : 'UNKNOWN'
  const text = typeof message === 'string' ? message : ''
  if (code === 'HANDSHAKE_SSL_ERROR') {
    const advice = 'give the CA that signed it in spec.database.tls.caSecretName (key ca.crt), or use a certificate made for this host name'
    return new MysqlError('UntrustedCertificate', code, `The certificate of the database server at ${place(target)} is not trusted (${text}): ${advice}`)
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    const advice = 'set up TLS on the server, or set spec.database.tls.mode to Disabled'
    return new MysqlError('Refused', code, `The database server at ${place(target)} offers no TLS, which mode ${target.tls.mode} asks for: ${advice}`)
  }
  if (loginDenied.has(code)) {
    return new MysqlError('AccessDenied', code, `The database server at ${place(target)} refused the account "${target.user}" or its password: correct them`)
  }
  if (typeof errno !== 'number' || errno < 1000 || overloaded.has(code)) return unreachable(target, code)
  return new MysqlError('Refused', code, `The database server at ${place(target)} refused the connection (${code}): ${saying(code, text, [target.password])}`)
}

/** A failure of a statement. */
export function statementFailure(target: MysqlTarget, values: readonly unknown[], thrown: unknown): MysqlError {
  const { code: given, errno, message } = thrown as LibraryError
  const code = typeof given === 'string' ? given : 'UNKNOWN'
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT') {
    const advice = 'look for a lock or a long transaction on it'
    return new MysqlError('Unreachable', code, `The database server at ${place(target)} did not answer a statement in time: ${advice}`)
  }
  if (typeof errno !== 'number' || errno < 1000 || overloaded.has(code)) return unreachable(target, code)
  const said = saying(code, typeof message === 'string' ? message : '', values)
  const advice = rightsMissing.has(code) ? `: grant the account "${target.user}" the right that is missing` : ''
  return new MysqlError('Refused', code, `The database server at ${place(target)} refused a statement (${code}): ${said}${advice}`)
}
