// What an account may do, read from the lines of SHOW GRANTS. What is not understood counts as a global right, so that it is refused.

export interface DatabaseGrant {
  /** As granted: `_` and `%` are wildcards, a backslash takes that away. */
  readonly pattern: string
  readonly all: boolean
  /** False for USAGE, which is left over when rights are taken back. */
  readonly some: boolean
}

export interface Grants {
  /** Rights beyond those on a database: on everything, to pass rights on, roles, and what is not understood. */
  readonly global: readonly string[]
  readonly databases: readonly DatabaseGrant[]
}

const onEverything = /^GRANT (.+?) ON \*\.\* TO .*?( WITH GRANT OPTION)?$/
const onDatabase = /^GRANT (.+?) ON `((?:[^`]|``)+)`\.\* TO /
const onPart = /^GRANT .+? ON (?:(?:TABLE|FUNCTION|PROCEDURE|PACKAGE|PACKAGE BODY) )?`((?:[^`]|``)+)`\.`(?:[^`]|``)+` TO /
const role = /^GRANT `((?:[^`]|``)+)`(?:@`[^`]*`)? TO /
const defaultRole = /^SET DEFAULT ROLE /

const unquoted = (name: string): string => name.replaceAll('``', '`')

/** Whether a pattern of GRANT covers a database; names are compared without regard to case, as some servers do. */
export function reaches(pattern: string, database: string): boolean {
  const source = pattern.replace(/\\(.)|([_%])|([^A-Za-z0-9])/gsu, (_, escaped: string | undefined, wildcard: string | undefined, other: string) => {
    if (wildcard !== undefined) return wildcard === '_' ? '.' : '.*'
    return `\\u{${(escaped ?? other).codePointAt(0)?.toString(16) ?? '0'}}`
  })
  return new RegExp(`^${source}$`, 'isu').test(database)
}

/** Rights there are as good as rights on everything: the accounts themselves are rows of it. */
const isSystem = (pattern: string): boolean => reaches(pattern, 'mysql')

function globalRights(line: string): readonly string[] {
  const everything = onEverything.exec(line)
  if (everything) return [...(everything[1] === 'USAGE' ? [] : [`${everything[1]} ON *.*`]), ...(everything[2] ? ['GRANT OPTION ON *.*'] : [])]
  const database = onDatabase.exec(line)?.[2] ?? onPart.exec(line)?.[1]
  if (database !== undefined) return isSystem(unquoted(database)) ? [`rights on ${unquoted(database)}`] : []
  const named = role.exec(line)
  if (named?.[1] !== undefined) return [`role ${unquoted(named[1])}`]
  return defaultRole.test(line) ? [] : ['a right that is not understood']
}

function databaseGrant(line: string): readonly DatabaseGrant[] {
  const match = onDatabase.exec(line)
  return match?.[2] === undefined || match[1] === undefined
    ? []
    : [{ pattern: unquoted(match[2]), all: match[1] === 'ALL PRIVILEGES', some: match[1] !== 'USAGE' }]
}

export const readGrants = (lines: readonly string[]): Grants => ({ global: lines.flatMap(globalRights), databases: lines.flatMap(databaseGrant) })
