// One reconcile of an operation: observe, plan, execute, tell; and, when it is over and its time as well, delete.
import type { FiniaOperation } from './crd/kinds.ts'
import type { OperationStatus } from './crd/operation.ts'
import type { Deps, KubeObject } from './deps.ts'
import { untilSeen } from './execute/apply.ts'
import { type Deed, execute } from './execute/execute.ts'
import { type Announce, report } from './execute/report.ts'
import { observeOperation } from './observe/operation.ts'
import { planOperation, planRemoval } from './plan/operation.ts'
import type { Requeue } from './plan/steps.ts'
import { attempt } from './reconcile.ts'
import { kinds } from './resources/kinds.ts'
import { nextOperationStatus, turnOf } from './status/operation.ts'

const announce: Announce = (deps, operation, before, next) => {
  const turn = turnOf(before as OperationStatus, next as OperationStatus)
  if (turn) deps.events.publish(operation, { ...turn, action: (operation as KubeObject as FiniaOperation).spec.type })
}

/** Whoever decides next, on another operation of the same kind, must see that this one has begun. */
async function seen(deps: Deps, { metadata }: FiniaOperation): Promise<void> {
  const ref = { resource: kinds.operation, namespace: metadata.namespace, name: metadata.name }
  const live = await deps.kube.get(ref)
  await untilSeen(deps, ref, live?.metadata.resourceVersion)
}

export async function reconcileOperation(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<Requeue> {
  const observed = await observeOperation(deps, key)
  if (!observed) return {}
  const { operation } = observed
  const now = deps.clock.now()
  const plan = planOperation(observed, now)
  if (!plan) {
    const removal = planRemoval(operation, now)
    await execute(deps, removal.steps)
    return removal.steps.length > 0 ? {} : removal.requeue
  }
  const deeds: Deed[] = []
  const failure = await attempt(() => execute(deps, plan.steps, deeds))
  const status = nextOperationStatus(operation, plan, failure, now)
  await report(deps, kinds.operation, operation, status, deeds, announce)
  if (status.state !== operation.status?.state) await seen(deps, operation)
  if (failure) throw failure
  return plan.requeue
}
