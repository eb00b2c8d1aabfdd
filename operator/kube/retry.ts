// Whether a call that failed is made again, and after how long.
import { KubeError } from './errors.ts'

export interface Attempt {
  /** How many have been made, this one included. */
  readonly number: number
  readonly most: number
  /** Whether a repetition is harmless when the first one was carried out and only its answer was lost. */
  readonly idempotent: boolean
  /** Whether the request reached the server, as far as one can tell. */
  readonly sent: boolean
}

const firstMilliseconds = 100
const longestMilliseconds = 5_000
// A server that asks for more is asking the caller, who has a queue to wait in.
const longestRetryAfterSeconds = 60

/** Milliseconds to wait before the next attempt, or undefined when there is none. `jitter` lies in [0, 1). */
export const waitBeforeRetry = (failure: KubeError, attempt: Attempt, jitter: number): number | undefined => {
  if (attempt.number >= attempt.most) return undefined
  const backoff = Math.min(longestMilliseconds, firstMilliseconds * 2 ** (attempt.number - 1)) * (1 + jitter)
  if (failure.status === 0) return failure.reason !== 'DeadlineExceeded' && (!attempt.sent || attempt.idempotent) ? backoff : undefined
  // 429 and 503 with a time are refusals before anything was done.
  if (failure.status === 429 || failure.status === 503) {
    const asked = failure.retryAfterSeconds ?? (failure.status === 429 ? 1 : undefined)
    if (asked === undefined) return attempt.idempotent ? backoff : undefined
    return asked <= longestRetryAfterSeconds ? asked * 1000 : undefined
  }
  return undefined
}
