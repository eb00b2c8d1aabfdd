// Pools to the replicas, as the settings name them.
import type { KeyRing } from '../../auth/key-ring.ts'
import type { Settings } from '../../config.ts'
import type { Clock } from '../../deps.ts'
import type { Server } from '../connection.ts'
import type { Databases } from '../databases.ts'
import { mysqlDatabases } from '../mysql.ts'
import type { PauseGate } from '../pause-gate.ts'
import type { Bounds } from '../pools.ts'
import { positionCookie } from './position-cookie.ts'
import { Replica } from './replica.ts'
import { type ReplicaReads, replicaReads } from './replica-reads.ts'

export const readsFromReplicas = ({ database }: Pick<Settings, 'database'>): boolean => database.readFrom === 'PreferReplica' && database.replicas.length > 0

/** A replica saves time or is of no use: nobody waits long for one when there is the primary. */
const impatient = { connectTimeout: 500, maxExecutionTime: 10_000 }
const longestWait = 1_000

export interface OpenReplicas {
  readonly reads: ReplicaReads
  close(): Promise<void>
}

/** `primary`: how to talk to a server, and its pools; `bounds` hold for each replica by itself. */
export const openReplicas = (
  settings: Settings,
  primary: { readonly server: Server; readonly databases: Databases },
  bounds: Bounds,
  { ring, clock, gate }: { readonly ring: KeyRing; readonly clock: Clock; readonly gate: PauseGate },
): OpenReplicas => {
  const { database, auth, api } = settings
  const maxExecutionTime = Math.min(impatient.maxExecutionTime, primary.server.maxExecutionTime || impatient.maxExecutionTime)
  const pools = database.replicas.map((address) =>
    mysqlDatabases({ ...primary.server, ...impatient, maxExecutionTime, ...address }, { ...bounds, waitMilliseconds: longestWait }, clock, gate),
  )
  const replicas = pools.map((pool) => new Replica(pool, clock))
  return {
    reads: replicaReads(primary.databases, replicas, positionCookie(ring, auth.expirySeconds, api.tlsTerminated)),
    close: async () => void (await Promise.all(pools.map((pool) => pool.close()))),
  }
}
