import { describe, expect, test } from 'vitest'
import type { Log } from '../../../operator/deps.ts'
import { Controller, type Reconcile } from '../../../operator/runtime/controller.ts'
import { createMetrics } from '../../../operator/runtime/metrics.ts'
import { FakeClock } from '../../support/clock.ts'
import { seededRandom } from '../../support/random.ts'

const start = (reconcile: Reconcile, workers = 2) => {
  const clock = new FakeClock()
  const errors: object[] = []
  const log: Log = { debug() {}, info() {}, warn() {}, error: (fields) => errors.push(fields) }
  const metrics = createMetrics()
  const deps = { clock, random: seededRandom(1), log, observer: metrics.controller('test', workers) }
  const controller = new Controller(deps, { name: 'test', reconcile, workers, timeoutSeconds: 60 })
  const stop = new AbortController()
  const running = controller.run(stop.signal)
  const end = async () => {
    controller.close()
    stop.abort(new Error('the program stops'))
    await clock.advance(0)
    await running
  }
  const metric = async (name: string, labels: Readonly<Record<string, string>>) =>
    (await metrics.registry.getSingleMetric(name)?.get())?.values.find(({ labels: found }) =>
      Object.entries(labels).every(([key, value]) => found[key] === value),
    )?.value
  return { clock, controller, errors, metric, end }
}

const key = (name: string) => ({ namespace: 'n', name })

describe('a controller', () => {
  test('retries what throws with growing pauses, names it in the log, and goes on with other keys', async () => {
    const runs: string[] = []
    const { clock, controller, errors, metric, end } = start(async ({ name }) => {
      runs.push(name)
      if (name === 'bad') throw new Error('it does not work', { cause: new Error('the reason') })
      return {}
    })
    controller.enqueue(key('bad'))
    controller.enqueue(key('good'))
    await clock.advance(100)
    expect(runs.filter((name) => name === 'good')).toHaveLength(1)
    // 5, 10, 20, 40 ms and up to half as much again.
    expect(runs.filter((name) => name === 'bad').length).toBeGreaterThanOrEqual(4)
    expect(errors[0]).toEqual({ controller: 'test', key: 'n/bad', error: 'it does not work: the reason' })
    expect(await metric('controller_runtime_reconcile_errors_total', { controller: 'test' })).toBe(errors.length)
    expect(await metric('controller_runtime_reconcile_total', { result: 'success' })).toBe(1)
    await end()
  })

  test('looks again after the time that a reconcile asks for', async () => {
    let runs = 0
    const { clock, controller, metric, end } = start(async () => {
      runs++
      return { afterSeconds: 300 }
    })
    controller.enqueue(key('a'))
    await clock.advance(299_000)
    expect(runs).toBe(1)
    await clock.advance(1_000)
    expect(runs).toBe(2)
    expect(await metric('controller_runtime_reconcile_total', { result: 'requeue_after' })).toBe(2)
    await end()
  })

  test('tells a reconcile that takes too long to end, and never starts a second one of its key beside it', async () => {
    const told: string[] = []
    let running = 0
    const { clock, controller, metric, end } = start(async ({ name }, signal) => {
      if (name !== 'slow') return {}
      expect(++running).toBe(1)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      told.push(signal.reason.message)
      running--
      throw signal.reason
    })
    controller.enqueue(key('slow'))
    await clock.advance(1_000)
    controller.enqueue(key('slow'))
    controller.enqueue(key('other'))
    await clock.advance(59_000)
    expect(told).toEqual(['the reconcile took longer than 60 s'])
    expect(await metric('controller_runtime_reconcile_timeouts_total', { controller: 'test' })).toBe(1)
    await end()
    expect(told).toEqual(['the reconcile took longer than 60 s', 'the program stops'])
  })

  test('works on as many keys at once as it has workers', async () => {
    let most = 0
    let running = 0
    const { clock, controller, end } = start(async () => {
      most = Math.max(most, ++running)
      await clock.sleep(1_000)
      running--
      return {}
    }, 3)
    for (let index = 0; index < 10; index++) controller.enqueue(key(`k${index}`))
    await clock.advance(10_000)
    expect(most).toBe(3)
    await end()
  })
})
