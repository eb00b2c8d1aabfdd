// This process joins those that share the operations database.
import { shareOf } from '../db/mysql.ts'
import { type Me, type Means, type Peers, Replicas, unseen } from './replicas.ts'

interface Wanted extends Omit<Me, 'total'> {
  /** Connections to the database server over all replicas. */
  readonly poolTotal: number
}

/** What of the connections is for users: each replica that there can be keeps those of its own for the operations database. */
export const forUsers = (poolTotal: number, maxReplicas: number): number => {
  const { service, users } = shareOf(poolTotal, maxReplicas)
  return Math.max(users * maxReplicas, poolTotal - service * maxReplicas)
}

/** Without a service account nobody tells of the others. */
export const joinReplicas = ({ poolTotal, ...me }: Wanted, means: Means, shared: boolean): Peers =>
  shared ? new Replicas({ ...me, total: forUsers(poolTotal, me.maxReplicas) }, means) : unseen(me.maxReplicas)
