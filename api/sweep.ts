// Forgets regularly what is too old to matter.
import { type ScheduledTask, schedule } from 'node-cron'
import type { Deps } from './deps.ts'

/** Replicas started together need not come together. */
const scatter = 30_000
const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} }

export const sweepEveryMinute = ({ operations, log }: Pick<Deps, 'operations' | 'log'>, cron = '* * * * *', maxRandomDelay = scatter): ScheduledTask => {
  const sweep = async () => {
    try {
      await operations.sweep()
    } catch (error) {
      log.debug({ name: error instanceof Error ? error.name : typeof error }, 'sweep put off')
    }
  }
  return schedule(cron, sweep, { noOverlap: true, unref: true, maxRandomDelay, logger: silent })
}
