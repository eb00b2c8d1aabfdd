// When work on the database waits: decided from the word of the operator and the time. Pure; pause-gate.ts acts on it.

/** Nobody waits longer than this, whatever the operator says or fails to say. */
export const longestPause = 2_000

export interface PauseState {
  /** The highest epoch that anybody has named. */
  readonly epoch: number
  /** While paused: since when and until when, in milliseconds of the same clock as `now`. */
  readonly pause?: { readonly since: number; readonly until: number }
}

export const neverPaused: PauseState = { epoch: -1 }

/** `outdated`: somebody with a higher epoch has spoken since. */
export type Decision = { readonly state: PauseState } | { readonly outdated: number }

/**
 * A higher epoch takes over, but those who wait already have waited since the first one began. The same epoch said again changes nothing:
 * said once more after its end, by a network that repeats, it must not begin a second time.
 */
export const decidePause = (state: PauseState, epoch: number, milliseconds: number, now: number): Decision => {
  if (epoch < state.epoch) return { outdated: state.epoch }
  if (epoch === state.epoch) return { state }
  const since = state.pause?.since ?? now
  return { state: { epoch, pause: { since, until: Math.min(now + Math.min(milliseconds, longestPause), since + longestPause) } } }
}

/** A resume that comes before its pause ends that one too. */
export const decideResume = (state: PauseState, epoch: number): Decision => (epoch < state.epoch ? { outdated: state.epoch } : { state: { epoch } })
