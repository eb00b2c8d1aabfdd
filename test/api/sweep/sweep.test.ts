import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sweepEveryMinute } from '../../../api/sweep.ts'

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-06-01T12:00:30Z') }))
afterEach(() => void vi.useRealTimers())

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000)

/** An operations database that answers as told. */
const swept = (answer: () => Promise<void>) => {
  const calls = { count: 0 }
  const sweep = () => {
    calls.count += 1
    return answer()
  }
  // of the operations the sweep alone is asked for
  const operations = { sweep } as Parameters<typeof sweepEveryMinute>[0]['operations']
  return { calls, task: sweepEveryMinute({ operations, log: silent }) }
}

test('old rows are swept once a minute until the process stops, also after a sweep that failed', async () => {
  const { calls, task } = swept(() => Promise.reject(new Error('away')))
  await minutes(10)
  expect(calls.count).toBe(10)
  await task.destroy()
  await minutes(10)
  expect(calls.count).toBe(10)
})

test('a sweep that takes long is not joined by another one', async () => {
  let finish = () => {}
  const { calls, task } = swept(() => new Promise<void>((resolve) => (finish = resolve)))
  await minutes(5)
  expect(calls.count).toBe(1)
  finish()
  await minutes(2)
  expect(calls.count).toBe(2)
  finish()
  await task.destroy()
})
