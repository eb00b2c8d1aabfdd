// One reconcile of an operation: observe, plan, execute, tell; and, when it is over and its time as well, delete.
import type { Deps } from './deps.ts'
import { untilSeen } from './execute/apply.ts'
import { type Deed, execute } from './execute/execute.ts'
import { report } from './execute/report.ts'
import { observeOperation } from './observe/operation.ts'
import { planOperation, planRemoval } from './plan/operation.ts'
import type { Requeue } from './plan/steps.ts'
import { attempt } from './reconcile.ts'
import { kinds } from './resources/kinds.ts'
import { newsOf, nextOperationStatus } from './status/operation.ts'

/** Whoever decides next, on another operation of the same kind, must see that this one has begun. */
async function seen(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<void> {
  const ref = { resource: kinds.operation, ...key }
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
  await report(deps, kinds.operation, operation, status, deeds, newsOf)
  if (status.state !== operation.status?.state) await seen(deps, key)
  if (failure) throw failure
  return plan.requeue
}
