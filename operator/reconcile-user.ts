// One reconcile of a user: observe, plan, execute, tell.
import type { Deps } from './deps.ts'
import { digest } from './digest.ts'
import { type Deed, execute } from './execute/execute.ts'
import { report } from './execute/report.ts'
import { observeUser } from './observe/user.ts'
import type { Requeue } from './plan/steps.ts'
import { planUser } from './plan/user.ts'
import { attempt } from './reconcile.ts'
import { kinds } from './resources/kinds.ts'
import { nextUserStatus } from './status/user.ts'

export async function reconcileUser(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<Requeue> {
  const observed = await observeUser(deps, key)
  if (!observed) return {}
  const context = { now: deps.clock.now(), settings: deps.settings, digest }
  const plan = planUser(observed, context)
  const deeds: Deed[] = []
  const failure = await attempt(() => execute(deps, plan.steps, deeds))
  // A user whose end has nothing left to wait for is gone by now: there is no status to write.
  const isGone = observed.user.metadata.deletionTimestamp !== undefined && plan.findings.length === 0 && !failure
  if (!isGone) await report(deps, kinds.user, observed.user, nextUserStatus(observed, plan, failure, context), deeds)
  if (failure) throw failure
  return { afterSeconds: plan.requeue.afterSeconds ?? deps.settings.resyncSeconds }
}
