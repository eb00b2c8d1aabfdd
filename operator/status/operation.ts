// What to say about an operation: how far it is, and why.

import type { FiniaOperation } from '../crd/kinds.ts'
import type { OperationStatus } from '../crd/operation.ts'
import type { OperationPlan } from '../plan/operation-plan.ts'
import { conditionsOf, type Finding } from './conditions.ts'

const rfc3339 = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

function findings({ state, reason, message }: OperationPlan, failure: Error | undefined): readonly Finding[] {
  if (failure) {
    const told = `The last attempt failed and is repeated: ${failure.message}`
    return [
      { type: 'Ready', status: 'False', reason: 'AttemptFailed', message: told },
      { type: 'Reconciling', status: 'True', reason: 'AttemptFailed', message: told },
    ]
  }
  if (state === 'Succeeded') return [{ type: 'Ready', status: 'True', reason, message }]
  const ready: Finding = { type: 'Ready', status: 'False', reason, message }
  return [ready, { ...ready, type: state === 'Failed' ? 'Stalled' : 'Reconciling', status: 'True' }]
}

/** The whole status; equal inputs give an equal status, so that nothing is written at rest. */
export function nextOperationStatus({ metadata, status }: FiniaOperation, plan: OperationPlan, failure: Error | undefined, now: Date): OperationStatus {
  const { state, step = status?.step } = plan
  const generation = metadata.generation ?? 0
  const startedAt = status?.startedAt ?? (state === 'Pending' ? undefined : rfc3339(now))
  return {
    observedGeneration: generation,
    state,
    ...(state !== 'Pending' && step !== undefined && { step }),
    ...(startedAt !== undefined && { startedAt }),
    ...((state === 'Succeeded' || state === 'Failed') && { completedAt: rfc3339(now) }),
    conditions: conditionsOf(findings(plan, failure), status?.conditions ?? [], generation, now),
  }
}

/** What is worth an event: that the operation has begun, and how it has ended. */
export function newsOf(before: Partial<OperationStatus>, next: OperationStatus) {
  if (next.state === before.state || next.state === 'Pending') return undefined
  const ready = next.conditions?.find(({ type }) => type === 'Ready')
  const told = { action: 'Operate', note: ready?.message ?? '' }
  if (next.state === 'Running') return { ...told, type: 'Normal', reason: 'Started' } as const
  return { ...told, type: next.state === 'Succeeded' ? 'Normal' : 'Warning', reason: ready?.reason ?? '' } as const
}
