// Questions to a database server about itself, its accounts and its databases.
import type { MysqlSession } from '../deps.ts'
import { type Grants, readGrants } from '../plan/grants.ts'
import { accountName, identifier, ownerTable } from '../plan/statements.ts'

/** An account by its name, over all hosts that it is known from. */
export interface AccountFacts {
  readonly name: string
  /** `%` is ours; an empty host is a role of that name. */
  readonly hosts: readonly string[]
  /** Global rights of any host, rights on databases of `%`. */
  readonly grants: Grants
  /** Whether the password of its Secret opens it; absent when there is nothing to try. */
  readonly passwordWorks?: boolean
  /** What the password in force is known by, where that was asked for. */
  readonly passwordMark?: string
}

/** The row that says which instance an operations database belongs to. */
export interface OwnerRow {
  readonly uid: string
  readonly namespace: string
  readonly name: string
}

interface Variables {
  readonly version: string
  readonly logBin: string | number
  readonly trusted: string | number
  readonly foldsCase: string | number
}

export interface ServerFacts {
  readonly serverVersion: string
  /** Whether accounts without SUPER may create triggers: no binary log, or log_bin_trust_function_creators. */
  readonly triggersAllowed: boolean
}

export async function readServer(session: MysqlSession): Promise<ServerFacts> {
  const text = 'SELECT @@version AS version, @@log_bin AS logBin, @@log_bin_trust_function_creators AS trusted'
  const [row] = await session.all<Omit<Variables, 'foldsCase'>>({ sql: text, values: [] })
  return { serverVersion: row?.version ?? '', triggersAllowed: Number(row?.logBin) === 0 || Number(row?.trusted) === 1 }
}

/** The account as the server knows it. */
export async function readAccount(session: MysqlSession, name: string): Promise<AccountFacts> {
  const found = await session.all<{ readonly user: string; readonly host: string }>({
    sql: 'SELECT User AS user, Host AS host FROM mysql.user WHERE User = ?',
    values: [name],
  })
  const hosts = found.filter(({ user }) => user === name).map(({ host }) => host)
  const global: string[] = []
  let databases: Grants['databases'] = []
  for (const host of hosts.filter((known) => known !== '')) {
    const rows = await session.all<Readonly<Record<string, string>>>({ sql: `SHOW GRANTS FOR ${accountName(name, host)}`, values: [] })
    const grants = readGrants(rows.flatMap((row) => Object.values(row)))
    global.push(...grants.global)
    if (host === '%') databases = grants.databases
  }
  return { name, hosts, grants: { global, databases } }
}

/** What the server keeps of the account's password. */
export async function readAuthentication(session: MysqlSession, name: string): Promise<string | undefined> {
  const [row] = await session.all<{ readonly authentication: string | null }>({
    sql: "SELECT authentication_string AS authentication FROM mysql.user WHERE User = ? AND Host = '%'",
    values: [name],
  })
  return row?.authentication ?? undefined
}

export async function databaseExists(session: MysqlSession, name: string): Promise<boolean> {
  const rows = await session.all<{ readonly name: string; readonly foldsCase: string | number }>({
    sql: 'SELECT SCHEMA_NAME AS name, @@lower_case_table_names AS foldsCase FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ? OR SCHEMA_NAME = LOWER(?)',
    values: [name, name],
  })
  return rows.some((row) => row.name === name || (Number(row.foldsCase) !== 0 && row.name.toLowerCase() === name.toLowerCase()))
}

/** The owner's row, or undefined when there is no table or no row. */
export async function readOwner(session: MysqlSession, operations: string): Promise<OwnerRow | undefined> {
  const tables = await session.all({
    sql: 'SELECT 1 AS found FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    values: [operations, ownerTable],
  })
  if (tables.length === 0) return undefined
  const [row] = await session.all<OwnerRow>({
    sql: `SELECT uid, namespace, name FROM ${identifier(operations)}.${identifier(ownerTable)} WHERE id = 1`,
    values: [],
  })
  return row && { uid: row.uid, namespace: row.namespace, name: row.name }
}
