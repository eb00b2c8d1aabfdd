// Sends captured statements again, each account's on one connection.
import { randomBytes } from 'node:crypto'
import type { Connection, Pool, PoolConnection } from 'mysql2/promise'
import type { Login } from '../../api/db/databases.ts'
import type { Sent } from './statements.ts'

export interface PeerPoint {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly type: string
  readonly body: string
  readonly statements: readonly Sent[]
}

export interface PeerFile {
  readonly port: number
  readonly server: { readonly host: string; readonly port: number }
  readonly logins: readonly Login[]
  readonly points: readonly PeerPoint[]
}

/** The id of a session is used once: each time another one, as long as the captured one. */
export const withNewSession = (statements: readonly Sent[]): readonly Sent[] => {
  const [, id] = statements.map(({ sql }) => /^INSERT INTO sessions .*?VALUES \('([^']+)'/.exec(sql ?? '')).find((match) => match !== null) ?? []
  if (id === undefined) return statements
  const other = randomBytes(id.length).toString('base64url').slice(0, id.length)
  return statements.map(({ user, sql }) => ({ user, sql: sql?.replaceAll(id, other) }))
}

export const replay = async (statements: readonly Sent[], pools: ReadonlyMap<string, Pool>, connect: (user: string) => Promise<Connection>): Promise<void> => {
  const held = new Map<string, PoolConnection>()
  const of = async (user: string): Promise<PoolConnection | undefined> => {
    const connection = held.get(user) ?? (await pools.get(user)?.getConnection())
    if (connection) held.set(user, connection)
    return connection
  }
  const opened: Connection[] = []
  try {
    for (const { user, sql } of statements) {
      if (sql === undefined) opened.push(await connect(user))
      else await (await of(user))?.query(sql)
    }
  } finally {
    for (const connection of held.values()) connection.release()
    for (const connection of opened) connection.destroy()
  }
}
