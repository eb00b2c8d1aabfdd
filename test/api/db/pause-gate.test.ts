import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestPause } from '../../../api/db/pause.ts'
import { PauseGate } from '../../../api/db/pause-gate.ts'
import { FakeClock } from '../../support/clock.ts'

const loan = { giveBack: () => {} }
const aTurn = () => new Promise((resolve) => setImmediate(resolve))

class World {
  readonly clock = new FakeClock()
  readonly pauses: number[] = []
  readonly gate = new PauseGate(this.clock, (seconds) => this.pauses.push(seconds))
  /** How long each piece of work waited before it began. */
  readonly waited: number[] = []
  running = 0
  asked = 0
  failed = 0

  /** Work of so many milliseconds. */
  work(milliseconds: number): void {
    const since = this.clock.elapsed()
    this.asked += 1
    const doing = this.gate.pass(
      async () => loan,
      async () => {
        this.waited.push(this.clock.elapsed() - since)
        expect(this.gate.report.paused).toBe(false)
        this.running += 1
        await this.clock.sleep(milliseconds)
        this.running -= 1
      },
    )
    doing.catch(() => (this.failed += 1))
  }
}

const epoch = fc.integer({ min: 0, max: 4 })
const milliseconds = fc.integer({ min: 0, max: 5_000 })
const step = fc.oneof(
  fc.record({ do: fc.constant('pause' as const), epoch, milliseconds }),
  fc.record({ do: fc.constant('resume' as const), epoch }),
  fc.record({ do: fc.constant('work' as const), milliseconds }),
  fc.record({ do: fc.constant('pass time' as const), milliseconds }),
  fc.record({ do: fc.constant('jump' as const), milliseconds: fc.integer({ min: -4_000_000, max: 4_000_000 }) }),
)

test('whatever the operator says, nothing begins during a pause, nothing fails, and nobody waits longer than two seconds', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = new World()
      let highest = -1
      for (const each of steps) {
        if (each.do === 'pass time') await world.clock.advance(each.milliseconds)
        else if (each.do === 'jump') world.clock.jump(each.milliseconds)
        else if (each.do === 'work') world.work(each.milliseconds)
        else {
          const before = world.gate.report
          const answer = each.do === 'pause' ? world.gate.pause(each.epoch, each.milliseconds) : world.gate.resume(each.epoch)
          const isOld = each.epoch < highest
          highest = Math.max(highest, each.epoch)
          expect(world.gate.report.epoch).toBe(highest)
          if (isOld) {
            expect(await answer).toEqual({ outdated: highest })
            expect(world.gate.report).toEqual(before)
          } else if (each.do === 'resume') expect(world.gate.report.paused).toBe(false)
          else expect(world.gate.report.paused).toBe(each.epoch === before.epoch ? before.paused : true)
        }
        await aTurn()
        expect(world.gate.report.underWay).toBe(world.running)
      }
      await world.clock.advance(longestPause)
      expect(world.gate.report.paused).toBe(false)
      await world.clock.advance(5_000)
      expect({ begun: world.waited.length, failed: world.failed, running: world.running }).toEqual({ begun: world.asked, failed: 0, running: 0 })
      expect(Math.max(0, ...world.waited)).toBeLessThanOrEqual(longestPause)
    }),
    { numRuns: 300 },
  ))

test('the answer to a pause comes when nothing runs any more', async () => {
  const world = new World()
  world.work(300)
  world.work(500)
  await aTurn()
  const answers: unknown[] = []
  void world.gate.pause(7, 1_500).then((answer) => answers.push(answer))
  await world.clock.advance(499)
  expect(answers).toEqual([])
  await world.clock.advance(1)
  expect(answers).toEqual([{ epoch: 7, paused: true, underWay: 0 }])
})

test('or, when the time is over before, it tells how many were left, and those who waited do not count', async () => {
  const world = new World()
  world.work(3_000)
  await aTurn()
  const answer = world.gate.pause(7, 1_000)
  world.work(100)
  await world.clock.advance(1_000)
  expect(await answer).toEqual({ epoch: 7, paused: false, underWay: 1 })
  expect(world.pauses).toEqual([1])
})

test('a pause that is said again after its end does not begin again', async () => {
  const world = new World()
  await world.gate.pause(7, 1_000)
  world.gate.resume(7)
  expect(await world.gate.pause(7, 1_000)).toEqual({ epoch: 7, paused: false, underWay: 0 })
})

test('a resume that overtakes its pause ends it before it began', async () => {
  const world = new World()
  world.gate.resume(7)
  expect(await world.gate.pause(7, 1_000)).toEqual({ epoch: 7, paused: false, underWay: 0 })
})

test('whoever was on the way to a connection when the pause began goes back, and tries again what failed meanwhile', async () => {
  const world = new World()
  const { promise: server, reject: die } = Promise.withResolvers<typeof loan>()
  const offers = [server, Promise.resolve(loan)]
  const done = world.gate.pass(
    async () => (await offers.shift()) ?? loan,
    async () => 'done',
  )
  await world.gate.pause(1, 500)
  die(new Error('the server has gone'))
  await world.clock.advance(499)
  expect(offers).toHaveLength(1)
  await world.clock.advance(1)
  expect(await done).toBe('done')
})

test('without a pause an error is an error', async () => {
  const world = new World()
  await expect(
    world.gate.pass(
      () => Promise.reject(new Error('no server')),
      async () => 'done',
    ),
  ).rejects.toThrow('no server')
})
