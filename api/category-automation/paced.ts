// Runs what may take long: others have their turn meanwhile, and it ends when it takes too long.
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../deps.ts'

/** The others wait no longer than this. */
const turnMilliseconds = 20

export class TooSlow extends Error {}

export interface Pace {
  run<T>(steps: Generator<void, T>): Promise<T>
}

/** Everything that runs at one pace has `milliseconds` together. */
export const paceOf = (clock: Pick<Clock, 'now'>, milliseconds: number): Pace => {
  const start = clock.now().getTime()
  let turn = start
  return {
    run: async (steps) => {
      for (;;) {
        const step = steps.next()
        if (step.done) return step.value
        const now = clock.now().getTime()
        if (now - start > milliseconds)
          throw new TooSlow(`it takes longer than ${milliseconds / 1000} seconds; make the regular expressions of the rules simpler`)
        if (now - turn < turnMilliseconds) continue
        await setImmediate()
        turn = clock.now().getTime()
      }
    },
  }
}
