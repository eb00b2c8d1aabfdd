// How long to wait after the n-th failure in a row.

export interface BackoffRange {
  readonly firstMilliseconds: number
  readonly longestMilliseconds: number
  /** 1 = up to twice the time. */
  readonly jitter: number
}

/** Doubles with each failure. `failures` counts those before this one; `random` lies in [0, 1). The jitter never exceeds the longest time. */
export const backoff = ({ firstMilliseconds, longestMilliseconds, jitter }: BackoffRange, failures: number, random: number): number => {
  const plain = firstMilliseconds * 2 ** Math.min(failures, 60)
  return Math.min(longestMilliseconds, plain * (1 + jitter * random))
}

/** That of a key whose reconcile failed. */
export const reconcileBackoff: BackoffRange = { firstMilliseconds: 5, longestMilliseconds: 1_000_000, jitter: 0.5 }

/** That of a watch that broke. */
export const watchBackoff: BackoffRange = { firstMilliseconds: 800, longestMilliseconds: 30_000, jitter: 1 }
