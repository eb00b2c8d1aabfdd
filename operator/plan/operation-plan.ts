// The shape of a plan for an operation, and the plans that consist of a word.
import type { FiniaOperation } from '../crd/kinds.ts'
import type { Requeue, Step } from './steps.ts'

export interface OperationPlan {
  readonly steps: readonly Step[]
  readonly state: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  /** What status.step says; absent = as before. */
  readonly step?: string
  readonly reason: string
  readonly message: string
  readonly requeue: Requeue
}

/** What has ended is never begun again, whatever became of the world since. */
export const hasEnded = ({ status }: FiniaOperation): boolean => status?.state === 'Succeeded' || status?.state === 'Failed'

/** How soon to look again for what no watch tells. */
export const soon: Requeue = { afterSeconds: 5 }
export const atOnce: Requeue = { afterSeconds: 0 }

export const pending = (reason: string, message: string): OperationPlan => ({ steps: [], state: 'Pending', reason, message, requeue: { afterSeconds: 15 } })

/** The end is written before its time begins to count. */
export const failed = (reason: string, message: string): OperationPlan => ({ steps: [], state: 'Failed', reason, message, requeue: atOnce })

export const succeeded = (step: string, message: string): OperationPlan => ({
  steps: [],
  state: 'Succeeded',
  step,
  reason: 'Succeeded',
  message,
  requeue: atOnce,
})

/** Waits for what the message says. */
export const waits = (step: string, message: string): OperationPlan => ({ steps: [], state: 'Running', step, reason: step, message, requeue: soon })

/** Acts, and looks at once at what came of it. */
export const acts = (step: string, message: string, ...steps: readonly Step[]): OperationPlan => ({
  steps,
  state: 'Running',
  step,
  reason: step,
  message,
  requeue: atOnce,
})
