// Conditions as kstatus and the API conventions want them: Ready sums up, Reconciling and Stalled are there only while true.
import type { Condition } from '../crd/status.ts'

/** A condition as a decision says it: without the time, which follows from what was there before. */
export interface Finding {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/** Turns findings into conditions: `lastTransitionTime` moves only when `status` does. A condition without a finding is gone. */
export const conditionsOf = (findings: readonly Finding[], before: readonly Condition[], generation: number, now: Date): Condition[] =>
  findings.map((finding) => {
    const previous = before.find((condition) => condition.type === finding.type)
    const unchanged = previous?.status === finding.status
    return {
      ...finding,
      observedGeneration: generation,
      lastTransitionTime: unchanged ? previous.lastTransitionTime : now.toISOString().replace(/\.\d+Z$/, 'Z'),
    }
  })
