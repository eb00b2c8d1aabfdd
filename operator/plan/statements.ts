// Administrative SQL for MariaDB. Identifiers and account names are quoted here and nowhere else; passwords stay a `?`.
import type { SecretRef, SqlChange } from './steps.ts'

/** Accounts are made for every host: pods come from any address. */
const anyHost = '%'

function checked(name: string): string {
  if (name === '' || name.includes('\0')) throw new RangeError('A name in SQL is neither empty nor holds a NUL character')
  return name
}

/** A name of a database, table or column. */
export const identifier = (name: string): string => `\`${checked(name).replaceAll('`', '``')}\``

/** A text literal, as it is read without NO_BACKSLASH_ESCAPES. */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`

/** `'name'@'%'`. */
export const accountName = (name: string, host: string = anyHost): string => `${literal(checked(name))}@${literal(host)}`

/** A database name as GRANT takes it literally: there `_` and `%` are wildcards. */
export const escapedPattern = (database: string): string => database.replaceAll('\\', '\\\\').replaceAll('_', '\\_').replaceAll('%', '\\%')

/** The pattern of all databases whose names begin with `prefix`. */
export const prefixPattern = (prefix: string): string => `${escapedPattern(prefix)}%`

/** A pattern longer than this is refused by the server (ER_WRONG_DB_NAME). */
export const longestPattern = 64

export const createAccount = (name: string, passwordFrom: SecretRef): SqlChange => ({
  text: `CREATE USER IF NOT EXISTS ${accountName(name)} IDENTIFIED BY ?`,
  passwordFrom,
})

export const changePassword = (name: string, passwordFrom: SecretRef): SqlChange => ({ text: `ALTER USER ${accountName(name)} IDENTIFIED BY ?`, passwordFrom })

/** `pattern` is one of escapedPattern or prefixPattern. */
export const grantAll = (pattern: string, name: string): SqlChange => ({ text: `GRANT ALL PRIVILEGES ON ${identifier(pattern)}.* TO ${accountName(name)}` })

/** Takes back what was granted on exactly this pattern; other grants stay. */
export const revokeAll = (pattern: string, name: string): SqlChange => ({ text: `REVOKE ALL PRIVILEGES ON ${identifier(pattern)}.* FROM ${accountName(name)}` })

export const createDatabase = (name: string): SqlChange => ({
  text: `CREATE DATABASE IF NOT EXISTS ${identifier(name)} CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci`,
})

export const dropAccount = (name: string): SqlChange => ({ text: `DROP USER IF EXISTS ${accountName(name)}` })

export const dropDatabase = (name: string): SqlChange => ({ text: `DROP DATABASE IF EXISTS ${identifier(name)}` })

/** Table of the operations database with one row: the instance that it belongs to. */
export const ownerTable = 'owner'

interface Owner {
  readonly uid: string
  readonly namespace: string
  readonly name: string
}

const ownerOf = (operations: string): string => `${identifier(operations)}.${identifier(ownerTable)}`

export const createOwnerTable = (operations: string): SqlChange => ({
  text: `CREATE TABLE IF NOT EXISTS ${ownerOf(operations)} (id TINYINT NOT NULL PRIMARY KEY, uid VARCHAR(64) NOT NULL, namespace VARCHAR(63) NOT NULL, name VARCHAR(253) NOT NULL) ENGINE=InnoDB`,
})

/** The first one stays: two instances that claim at once do not overwrite each other. */
export const claimOwnership = (operations: string, { uid, namespace, name }: Owner): SqlChange => ({
  text: `INSERT IGNORE INTO ${ownerOf(operations)} (id, uid, namespace, name) VALUES (1, ${literal(uid)}, ${literal(namespace)}, ${literal(name)})`,
})

/** Only from the owner that the decision was made about. */
export const takeOverOwnership = (operations: string, from: string, { uid, namespace, name }: Owner): SqlChange => ({
  text: `UPDATE ${ownerOf(operations)} SET uid = ${literal(uid)}, namespace = ${literal(namespace)}, name = ${literal(name)} WHERE id = 1 AND uid = ${literal(from)}`,
})

/** Gives the operations database up, so that another instance may take it. */
export const releaseOwnership = (operations: string, uid: string): SqlChange => ({
  text: `DELETE FROM ${ownerOf(operations)} WHERE uid = ${literal(uid)}`,
})
