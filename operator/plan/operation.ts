// What should happen for an operation, and what is to be said about it.
import { seconds } from '../amounts.ts'
import type { FiniaOperation } from '../crd/kinds.ts'
import type { ObservedOperation } from '../observe/operation.ts'
import { kinds } from '../resources/kinds.ts'
import { planCertificate } from './operation-certificate.ts'
import { planKeys } from './operation-keys.ts'
import { atOnce, failed, hasEnded, type OperationPlan, pending, waits } from './operation-plan.ts'

/** Undefined when it has ended or is called off: there is nothing left to say. */
export const planOperation = (observed: ObservedOperation, now: Date): OperationPlan | undefined => {
  const { operation, instance, before, keys, certificate } = observed
  if (hasEnded(operation) || operation.metadata.deletionTimestamp) return undefined
  const called = `FiniaInstance "${operation.spec.instance}"`
  if (!instance || instance.metadata.deletionTimestamp) {
    // What was begun cannot be ended any more.
    if (operation.status?.state === 'Running') return failed('InstanceGone', `${called} was deleted in the meantime`)
    return instance
      ? pending('InstanceDeleting', `${called} is being deleted: delete this FiniaOperation as well, or create the instance anew`)
      : pending('InstanceMissing', `${called} does not exist in this namespace: create it, or create the FiniaOperation anew with the right spec.instance`)
  }
  const [first] = before
  if (first) return pending('Waiting', `FiniaOperation "${first.metadata.name}" of the same type is to end first`)
  if (keys) return planKeys(operation, instance, keys, now)
  if (certificate) return planCertificate(operation, instance, certificate, now)
  return waits('Look', 'Nothing is known of the instance yet')
}

/** What becomes of an operation that has ended: it is deleted when its time is over. */
export function planRemoval({ metadata, spec, status }: FiniaOperation, now: Date): Pick<OperationPlan, 'steps' | 'requeue'> {
  if (metadata.deletionTimestamp) return { steps: [], requeue: {} }
  const end = new Date(status?.completedAt ?? metadata.creationTimestamp ?? now)
  const left = (end.getTime() - now.getTime()) / 1000 + seconds(spec.ttlAfterFinished)
  if (left > 0) return { steps: [], requeue: { afterSeconds: Math.ceil(left) } }
  const ref = { resource: kinds.operation, namespace: metadata.namespace, name: metadata.name }
  return { steps: [{ do: 'delete', ref, uid: metadata.uid }], requeue: atOnce }
}
