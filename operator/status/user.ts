// What to say about a user: facts and conditions from what was observed, planned and failed.
import { usernameOf } from '../crd/kinds.ts'
import type { UserStatus } from '../crd/status.ts'
import type { ObservedUser } from '../observe/user.ts'
import type { Context } from '../plan/context.ts'
import type { UserPlan } from '../plan/user-plan.ts'
import { conditionsOf, type Finding } from './conditions.ts'

/** A step that failed speaks louder than what was expected of it; a person who must act is told so all the same. */
export function userFindings(plan: UserPlan, failure: Error | undefined): readonly Finding[] {
  if (!failure || plan.problems.length > 0) return plan.findings
  return [
    { type: 'Ready', status: 'False', reason: 'Failed', message: failure.message },
    { type: 'Reconciling', status: 'True', reason: 'Failed', message: `The last attempt failed and is repeated: ${failure.message}` },
  ]
}

/** The whole status; equal inputs give an equal status, so that nothing is written at rest. */
export function nextUserStatus({ user }: ObservedUser, plan: UserPlan, failure: Error | undefined, { now }: Context): UserStatus {
  const generation = user.metadata.generation ?? 0
  return {
    observedGeneration: generation,
    username: usernameOf(user),
    ...plan.facts,
    conditions: conditionsOf(userFindings(plan, failure), user.status?.conditions ?? [], generation, now),
  }
}
