// Who leads, as the Lease says. Pure.
import type { KubeObject } from '../deps.ts'

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

/** Six digits after the point: the API server refuses any other number of them. */
export const microTime = (now: Date): string => now.toISOString().replace(/Z$/, '000Z')

/**
 * Whether the lease may be taken: nobody holds it, or its record has not changed for its whole duration by our own watch.
 * The times written in it come from another machine's clock and are not compared with ours.
 */
export const isFree = (lease: Lease, identity: string, unchangedMilliseconds: number): boolean => {
  const { holderIdentity = '', leaseDurationSeconds = 0 } = lease.spec ?? {}
  return holderIdentity === '' || holderIdentity === identity || unchangedMilliseconds > leaseDurationSeconds * 1000
}

/** The record with which `identity` takes or keeps the lease. */
export const claim = (lease: Lease | undefined, identity: string, durationSeconds: number, now: Date): NonNullable<Lease['spec']> => {
  const { holderIdentity = '', acquireTime, leaseTransitions = 0 } = lease?.spec ?? {}
  const keeps = holderIdentity === identity
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    renewTime: microTime(now),
    acquireTime: keeps && acquireTime !== undefined ? acquireTime : microTime(now),
    leaseTransitions: lease === undefined ? 0 : keeps ? leaseTransitions : leaseTransitions + 1,
  }
}
