// The one place that reads the time of the machine.
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Clock, Stopwatch } from '../deps.ts'

// A timer holds at most a signed 32-bit number of milliseconds; a longer one would fire at once.
const longestTimer = 2_147_483_647

export const systemClock: Clock & Stopwatch = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  async sleep(milliseconds, signal) {
    try {
      for (let left = milliseconds; left > 0; left -= longestTimer) await setTimeout(Math.min(left, longestTimer), undefined, { ...(signal && { signal }) })
      signal?.throwIfAborted()
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
}
