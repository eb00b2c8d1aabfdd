// The clocks and the randomness of the machine.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Random } from './deps.ts'
import type { Stopwatch } from './limits/replicas.ts'

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { ...(signal && { signal }) }),
}

/** Milliseconds of a clock that only goes forward, finer than a date: for durations. */
export const ticks = (): number => performance.now()

export const systemStopwatch: Stopwatch = { elapsed: () => performance.now() }

export const systemRandom: Random = { bytes: (count) => randomBytes(count) }
