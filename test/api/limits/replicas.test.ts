import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Replicas, usualTimes } from '../../../api/limits/replicas.ts'
import type { ReplicaRow } from '../../../api/operations/store.ts'

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** Connections as the pool keeps them: lent ones come back when their users are done. */
class Pool {
  bound = 1_000
  lent = 0
  idle = 0
  get size() {
    return { total: this.lent + this.idle }
  }
  resize(total: number) {
    this.bound = total
    this.idle = Math.max(0, Math.min(this.idle, total - this.lent))
  }
  lend(count: number) {
    for (let turn = 0; turn < count && this.size.total < this.bound; turn++) this.lent++
  }
  giveBack(count: number) {
    const back = Math.min(count, this.lent)
    this.lent -= back
    this.idle = Math.max(0, Math.min(this.idle + back, this.bound - this.lent))
  }
  cut() {
    this.lent = 0
    this.idle = 0
  }
}

interface Process {
  readonly id: string
  readonly pool: Pool
  readonly replica: Replicas
  nextBeat: number
  nextLapse: number
  beating: boolean
}

type Answer = { readonly at: number; readonly give: () => void }

/** Replicas, their database and one clock, moved by a quarter of a second. */
class World {
  now = 0
  isDown = false
  alive: Process[] = []
  readonly total: number
  readonly most: number
  /** How long the database takes to do and to answer, in steps, one after another. */
  readonly delays: readonly number[]
  #rows = new Map<string, ReplicaRow & { seenAt: number }>()
  #work: Answer[] = []
  #number = 0
  #turn = 0

  constructor(total: number, most: number, delays: readonly number[]) {
    this.total = total
    this.most = most
    this.delays = delays
  }

  start(): void {
    if (this.alive.length >= this.most) return
    const [id, pool] = [`replica${this.#number++}`, new Pool()]
    const store = { beat: this.#beat, leave: async () => void this.#rows.delete(id) }
    const means = { store, pools: pool, clock: { sleep: async () => {} }, stopwatch: { elapsed: () => this.now }, log: noLog }
    const replica = new Replicas({ id, deployment: 'api', maxReplicas: this.most, total: this.total }, means)
    this.alive.push({ id, pool, replica, nextBeat: this.now, nextLapse: this.now, beating: false })
  }

  /** Without a word: its row stays. */
  kill(index: number): void {
    this.alive = this.alive.filter((_, position) => position !== index % Math.max(1, this.alive.length))
  }

  async leave(index: number): Promise<void> {
    const one = this.alive[index % Math.max(1, this.alive.length)]
    if (!one || this.isDown) return
    one.pool.cut()
    this.alive = this.alive.filter((other) => other !== one)
    await one.replica.leave()
  }

  fail(isDown: boolean): void {
    this.isDown = isDown
    if (isDown) for (const { pool } of this.alive) pool.cut()
  }

  async step(): Promise<void> {
    this.now += 250
    const due = this.#work.filter(({ at }) => at <= this.now)
    this.#work = this.#work.filter(({ at }) => at > this.now)
    for (const { give } of due) {
      give()
      await settle()
    }
    for (const one of this.alive) {
      if (one.nextLapse <= this.now) one.nextLapse = this.now + one.replica.lapse()
      if (one.nextBeat <= this.now && !one.beating) this.#startBeat(one)
    }
    await settle()
  }

  get held(): number {
    return this.alive.reduce((sum, { pool }) => sum + Math.max(pool.bound, pool.size.total), 0)
  }

  #startBeat(one: Process): void {
    one.beating = true
    const finish = (wait: number) => {
      one.beating = false
      one.nextBeat = this.now + wait
    }
    one.replica.beat().then(finish, () => finish(usualTimes.hurry))
  }

  #delay(): number {
    return (this.delays[this.#turn++ % Math.max(1, this.delays.length)] ?? 0) * 250
  }

  readonly #later = (work: () => void) => {
    this.#work.push({ at: this.now + this.#delay(), give: work })
  }

  readonly #beat = ({ id, deployment }: { id: string; deployment: string }, lifeSeconds: number, claim: (others: readonly ReplicaRow[]) => number) =>
    new Promise<void>((resolve, reject) => {
      this.#later(() => {
        if (this.isDown) return reject(new Error('down'))
        // a process that is gone does nothing any more
        if (!this.alive.some((one) => one.id === id)) return
        for (const row of this.#rows.values()) if (row.seenAt < this.now - lifeSeconds * 1000) this.#rows.delete(row.id)
        const connections = claim([...this.#rows.values()].filter((row) => row.id !== id))
        this.#rows.set(id, { id, deployment, connections, seenAt: this.now })
        // done, but whether it is heard of is another question
        this.#later(() => (this.isDown ? reject(new Error('down')) : resolve()))
      })
    })
}

const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constant('start' as const), index: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constantFrom('kill' as const, 'leave' as const), index: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constantFrom('fail' as const, 'recover' as const), index: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ name: fc.constantFrom('lend' as const, 'giveBack' as const), index: fc.nat(5) }) },
)

const history = fc.record({
  total: fc.integer({ min: 6, max: 40 }),
  most: fc.integer({ min: 1, max: 6 }),
  delays: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 5), { maxLength: 8 }),
  steps: fc.array(fc.record({ action, pause: fc.constantFrom(0, 1, 3, 10, 25, 45, 58, 70) }), { minLength: 1, maxLength: 40 }),
})

const act = async (world: World, { name, index }: { name: string; index: number }): Promise<void> => {
  if (name === 'start') world.start()
  if (name === 'kill') world.kill(index)
  if (name === 'leave') await world.leave(index)
  if (name === 'fail') world.fail(true)
  if (name === 'recover') world.fail(false)
  const pool = world.alive[index % Math.max(1, world.alive.length)]?.pool
  if (name === 'lend' && !world.isDown) pool?.lend(10)
  if (name === 'giveBack') pool?.giveBack(5)
}

test(
  'in whatever order replicas start, die, leave and lose the database together, they never have more connections than there are',
  () =>
    fc.assert(
      fc.asyncProperty(history, async ({ total, most, delays, steps }) => {
        const world = new World(total, most, delays)
        world.start()
        for (const { action: what, pause } of steps) {
          await act(world, what)
          for (let turn = 0; turn <= pause; turn++) {
            await world.step()
            expect(world.held).toBeLessThanOrEqual(total)
          }
        }
      }),
      { numRuns: 700 },
    ),
  60_000,
)

test(
  'once nothing happens any more for half a minute each has its due part',
  () =>
    fc.assert(
      fc.asyncProperty(history, async ({ total, most, delays, steps }) => {
        const world = new World(total, most, delays)
        world.start()
        for (const { action: what } of steps.slice(0, 10)) {
          await act(world, what)
          await world.step()
        }
        world.fail(false)
        world.start()
        for (const { pool } of world.alive) pool.giveBack(40)
        for (let turn = 0; turn < 4 * 60; turn++) await world.step()
        const due = Math.floor(total / world.alive.length)
        expect(world.alive.map(({ pool }) => pool.bound)).toEqual(world.alive.map(() => due))
      }),
      { numRuns: 50 },
    ),
  60_000,
)
