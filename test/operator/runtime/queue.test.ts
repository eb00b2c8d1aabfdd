import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WorkQueue } from '../../../operator/runtime/queue.ts'
import { FakeClock } from '../../support/clock.ts'
import { seededRandom } from '../../support/random.ts'

const keys = ['a', 'b', 'c'] as const
const key = fc.constantFrom(...keys)
const command = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key }),
  fc.record({ do: fc.constant('addAfter' as const), key, seconds: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ do: fc.constant('finish' as const), key, fails: fc.boolean() }),
  fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 3 }) }),
)

/** Three workers that hold their keys until a command ends the work. */
const workers = (queue: WorkQueue, started: (key: string) => void) => {
  const working = new Map<string, (fails: boolean) => void>()
  const work = async () => {
    for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
      const mine = taken
      started(mine)
      expect(working.has(mine)).toBe(false)
      const fails = await new Promise<boolean>((resolve) => working.set(mine, resolve))
      working.delete(mine)
      if (fails) queue.addFailed(mine)
      else queue.forget(mine)
      queue.done(mine)
    }
  }
  return { working, done: Promise.all([work(), work(), work()]) }
}

describe('a work queue', () => {
  test('never lets two work on one key, and works again on every key that was added after its work began', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40, size: 'max' }), async (commands) => {
        const clock = new FakeClock()
        const queue = new WorkQueue({ clock, random: seededRandom(1) })
        // A key is owed a run from its addition on, until a run begins.
        const owed = new Set<string>()
        const { working, done } = workers(queue, (started) => owed.delete(started))
        for (const one of commands) {
          if (one.do === 'add' || one.do === 'addAfter') owed.add(one.key)
          if (one.do === 'add') queue.add(one.key)
          if (one.do === 'addAfter') queue.addAfter(one.key, one.seconds * 1000)
          if (one.do === 'finish') {
            const finish = working.get(one.key)
            if (finish && one.fails) owed.add(one.key)
            finish?.(one.fails)
          }
          await clock.advance(one.do === 'pass' ? one.seconds * 1000 : 0)
        }
        for (let round = 0; round < 10 && (owed.size > 0 || working.size > 0); round++) {
          for (const finish of working.values()) finish(false)
          await clock.advance(10_000)
        }
        expect([...owed]).toEqual([])
        expect(working.size).toBe(0)
        expect(queue.depth).toBe(0)
        queue.close()
        await done
      }),
      { numRuns: 100 },
    )
  })

  test('runs a burst of additions of one key at most twice', async () => {
    const clock = new FakeClock()
    const queue = new WorkQueue({ clock, random: seededRandom(1) })
    const runs: string[] = []
    const { working } = workers(queue, (started) => runs.push(started))
    for (let time = 0; time < 10_000; time++) queue.add('a')
    await clock.advance(0)
    working.get('a')?.(false)
    await clock.advance(0)
    working.get('a')?.(false)
    await clock.advance(0)
    expect(runs).toEqual(['a', 'a'])
    queue.close()
  })

  test('keeps the earliest of several times, and an immediate addition replaces them', async () => {
    const clock = new FakeClock()
    const queue = new WorkQueue({ clock, random: seededRandom(1) })
    queue.addAfter('a', 9_000)
    queue.addAfter('a', 3_000)
    queue.addAfter('a', 6_000)
    await clock.advance(2_999)
    expect(queue.depth).toBe(0)
    await clock.advance(1)
    expect(queue.depth).toBe(1)
    queue.addAfter('b', 5_000)
    queue.add('b')
    expect([await queue.take(), await queue.take()]).toEqual(['a', 'b'])
    queue.done('a')
    queue.done('b')
    await clock.advance(100_000)
    expect(queue.depth).toBe(0)
  })

  test('waits twice as long after each failure, from milliseconds to a quarter of an hour, and starts anew after a success', async () => {
    const clock = new FakeClock()
    const queue = new WorkQueue({ clock, random: { ...seededRandom(1), number: () => 0 } })
    const waits: number[] = []
    queue.add('a')
    for (let failure = 0; failure < 20; failure++) {
      const taken = (await queue.take()) ?? ''
      queue.addFailed(taken)
      queue.done(taken)
      const before = clock.elapsed()
      while (queue.depth === 0) await clock.advance(5)
      waits.push(clock.elapsed() - before)
      if (failure === 11) break
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240])
    const taken = (await queue.take()) ?? ''
    queue.forget(taken)
    queue.addFailed(taken)
    queue.done(taken)
    await clock.advance(5)
    expect(queue.depth).toBe(1)
  })

  test('hands out nothing after it was closed, and wakes those who wait', async () => {
    const queue = new WorkQueue({ clock: new FakeClock(), random: seededRandom(1) })
    const waiting = queue.take()
    queue.close()
    queue.add('a')
    expect([await waiting, await queue.take(), queue.depth]).toEqual([undefined, undefined, 0])
  })
})
