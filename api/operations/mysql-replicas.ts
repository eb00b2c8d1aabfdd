// The processes that live. Their times are the database's: the clocks of machines differ.
import sql from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import type { OperationsStore, ReplicaRow } from './store.ts'

export const replicaTables = [
  sql`CREATE TABLE IF NOT EXISTS replicas (
    id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    deployment VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    connections INT UNSIGNED NOT NULL,
    seen_at DATETIME(3) NOT NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  // one row for each thing that only one process may do at a time
  sql`CREATE TABLE IF NOT EXISTS turns (name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  sql`INSERT IGNORE INTO turns (name) VALUES ('replicas')`,
]

/** Seconds after which the server ends a transaction that nobody goes on with. */
const idleSeconds = 5

type Replicas = Pick<OperationsStore, 'beat' | 'leave'>

export const mysqlReplicas = (db: Db): Replicas => ({
  beat: ({ id, deployment }, lifeSeconds, claim) =>
    retriedTransaction(db, async (inside) => {
      // whoever is cut off from the network in the middle must not keep the others waiting
      await inside.run(sql`SET SESSION idle_transaction_timeout = ${idleSeconds}`)
      // a transaction sees what was committed when it first looked, so the lock comes first
      await inside.first(sql`SELECT name FROM turns WHERE name = 'replicas' FOR UPDATE`)
      await inside.run(sql`DELETE FROM replicas WHERE seen_at < UTC_TIMESTAMP(3) - INTERVAL ${lifeSeconds} SECOND`)
      const others = await inside.all<ReplicaRow>(sql`SELECT id, deployment, connections FROM replicas WHERE id <> ${id}`)
      const connections = claim(others)
      await inside.run(sql`INSERT INTO replicas (id, deployment, connections, seen_at) VALUES (${id}, ${deployment}, ${connections}, UTC_TIMESTAMP(3))
        ON DUPLICATE KEY UPDATE connections = VALUES(connections), seen_at = VALUES(seen_at)`)
    }),
  leave: async (id) => {
    await db.run(sql`DELETE FROM replicas WHERE id = ${id}`)
  },
})
