// The operations database, shared by all replicas.
import sql, { join, type Sql } from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { attemptTables, mysqlAttempts } from './mysql-attempts.ts'
import { mysqlReplicas, replicaTables } from './mysql-replicas.ts'
import type { OperationsStore, SessionRow } from './store.ts'
import { readTime, written } from './times.ts'

const tables = [
  sql`CREATE TABLE IF NOT EXISTS sessions (
    id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    username VARCHAR(128) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    last_activity DATETIME(3) NOT NULL,
    revoked_at DATETIME(3) NULL,
    KEY created_at (created_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  ...attemptTables,
  ...replicaTables,
]

interface StoredSession {
  readonly id: string
  readonly username: string
  readonly created_at: string
  readonly last_activity: string
  readonly revoked_at: string | null
}

const sessionRow = (row: StoredSession): SessionRow => ({
  id: row.id,
  username: row.username,
  createdAt: readTime(row.created_at),
  lastActivity: readTime(row.last_activity),
  revokedAt: row.revoked_at === null ? null : readTime(row.revoked_at),
})

const prepare = (db: Db): Promise<void> =>
  db.pinned(async (pinned) => {
    // replicas start together; DDL at the same time on the same table would make them wait for each other anyway
    await pinned.first(sql`SELECT GET_LOCK('finia-operations', 30)`)
    for (const table of tables) await pinned.run(table)
    await pinned.first(sql`SELECT RELEASE_LOCK('finia-operations')`)
  })

const sessions = (db: Db): Pick<OperationsStore, 'insertSession' | 'findSession' | 'touchSession' | 'revokeSession' | 'revokeOthers'> => ({
  insertSession: async ({ id, username, createdAt }) => {
    const at = written(createdAt)
    await db.run(sql`INSERT INTO sessions (id, username, created_at, last_activity) VALUES (${id}, ${username}, ${at}, ${at})`)
  },
  findSession: async (id) => {
    const row = await db.first<StoredSession>(sql`SELECT id, username, created_at, last_activity, revoked_at FROM sessions WHERE id = ${id}`)
    return row && sessionRow(row)
  },
  touchSession: async (id, at) => {
    await db.run(sql`UPDATE sessions SET last_activity = GREATEST(last_activity, ${written(at)}) WHERE id = ${id}`)
  },
  revokeSession: async (id, at) => {
    await db.run(sql`UPDATE sessions SET revoked_at = ${written(at)} WHERE id = ${id} AND revoked_at IS NULL`)
  },
  // found first, without a lock: an update by the name would lock the sessions of everybody
  revokeOthers: async (username, kept, at) => {
    const rows = await db.all<Pick<SessionRow, 'id'>>(
      sql`SELECT id FROM sessions WHERE username = ${username} COLLATE utf8mb4_bin AND id <> ${kept} AND revoked_at IS NULL`,
    )
    const ids = rows.map(({ id }) => id)
    if (ids.length > 0) await db.run(sql`UPDATE sessions SET revoked_at = ${written(at)} WHERE id IN (${join(ids)}) AND revoked_at IS NULL`)
    return ids
  },
})

/** Two sweeps at once would wait for each other's rows. Whoever comes second leaves it to the first. */
const alone = (db: Db, work: (pinned: Db) => Promise<void>): Promise<void> =>
  db.pinned(async (pinned) => {
    const lock = sql`CONCAT('finia-sweep-', MD5(DATABASE()))`
    const row = await pinned.first<{ got: number | null }>(sql`SELECT GET_LOCK(${lock}, 0) AS got`)
    if (row?.got !== 1) return
    try {
      await work(pinned)
    } finally {
      await pinned.first(sql`SELECT RELEASE_LOCK(${lock})`)
    }
  })

const handful = 500

/** A handful at a time: whoever signs in meanwhile waits for milliseconds at most. */
const deleteInHandfuls = async (db: Db, statement: Sql): Promise<void> => {
  for (let deleted = handful; deleted === handful; ) deleted = (await db.run(sql`${statement} LIMIT ${handful}`)).affectedRows
}

export const mysqlStore = (db: Db): OperationsStore => ({
  ...sessions(db),
  ...mysqlAttempts(db),
  ...mysqlReplicas(db),
  sweep: (sessionsBefore, attemptsBefore) =>
    alone(db, async (pinned) => {
      await deleteInHandfuls(pinned, sql`DELETE FROM sessions WHERE created_at < ${written(sessionsBefore)} ORDER BY created_at, id`)
      await deleteInHandfuls(pinned, sql`DELETE FROM login_attempts WHERE attempted_at < ${written(attemptsBefore)} ORDER BY attempted_at, id`)
      await deleteInHandfuls(pinned, sql`DELETE FROM login_subjects WHERE touched_at < ${written(attemptsBefore)} ORDER BY touched_at, subject`)
    }),
  prepare: () => prepare(db),
  ping: async () => {
    await db.first(sql`SELECT 1`)
  },
})
