// Why a database server did not do what was asked.

export type MysqlErrorKind = 'Unreachable' | 'AccessDenied' | 'UntrustedCertificate' | 'Refused'

/** The message is a sentence for people; it holds no password and no value of a statement. */
export class MysqlError extends Error {
  readonly kind: MysqlErrorKind
  /** The word of the system or of the server, such as ECONNREFUSED or ER_PARSE_ERROR. */
  readonly code: string

  constructor(kind: MysqlErrorKind, code: string, message: string) {
    super(message)
    this.name = 'MysqlError'
    this.kind = kind
    this.code = code
  }
}
