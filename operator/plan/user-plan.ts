// The shape of a plan for a user, and the plans that consist of waiting.
import type { FiniaUser } from '../crd/kinds.ts'
import { kinds } from '../resources/kinds.ts'
import type { Finding } from '../status/conditions.ts'
import type { Problem, Requeue, Step } from './steps.ts'

/** Facts that the status shows beside its conditions. */
export interface UserFacts {
  readonly database?: string
  readonly schemaVersion?: string
  readonly passwordSecret?: string
}

export interface UserPlan {
  readonly steps: readonly Step[]
  readonly problems: readonly Problem[]
  readonly findings: readonly Finding[]
  readonly facts: UserFacts
  readonly requeue: Requeue
}

/** How soon to look again for what no watch tells: a server that comes up, a Secret that is created. */
export const soon: Requeue = { afterSeconds: 15 }

export const setFinalizers = ({ metadata }: FiniaUser, finalizers: readonly string[]): Step => ({
  do: 'setFinalizers',
  ref: { resource: kinds.user, namespace: metadata.namespace, name: metadata.name },
  resourceVersion: metadata.resourceVersion ?? '',
  finalizers,
})

export const notReady = (type: 'Reconciling' | 'Stalled', reason: string, message: string): readonly Finding[] => [
  { type: 'Ready', status: 'False', reason, message },
  { type, status: 'True', reason, message },
]

export const waiting = (reason: string, message: string, facts: UserFacts = {}, steps: readonly Step[] = [], requeue: Requeue = soon): UserPlan => ({
  steps,
  problems: [],
  findings: notReady('Reconciling', reason, message),
  facts,
  requeue,
})
