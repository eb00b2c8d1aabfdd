// One reconcile of an instance: observe, plan, execute, tell. What a person can cause is told as a condition; what the network causes is thrown, and tried again.
import type { Deps } from './deps.ts'
import { digest } from './digest.ts'
import { type Deed, execute } from './execute/execute.ts'
import { report } from './execute/report.ts'
import { observeInstance } from './observe/instance.ts'
import { planInstance } from './plan/instance.ts'
import type { Requeue } from './plan/steps.ts'
import { kinds } from './resources/kinds.ts'
import { nextInstanceStatus } from './status/instance.ts'

/** Runs `work`; a failure is returned, so that it can be told before it is thrown. */
export const attempt = (work: () => Promise<void>): Promise<Error | undefined> =>
  work().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )

export async function reconcileInstance(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<Requeue> {
  const observed = await observeInstance(deps, key)
  if (!observed) return {}
  const context = { now: deps.clock.now(), settings: deps.settings, digest }
  const plan = planInstance(observed, context)
  const deeds: Deed[] = []
  const failure = await attempt(() => execute(deps, plan.steps, deeds))
  if (!observed.instance.metadata.deletionTimestamp)
    await report(deps, kinds.instance, observed.instance, nextInstanceStatus(observed, plan, failure, context), deeds)
  if (failure) throw failure
  return { afterSeconds: plan.requeue.afterSeconds ?? deps.settings.resyncSeconds }
}
