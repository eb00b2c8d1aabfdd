import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Loan, Pools } from '../../../api/db/pools.ts'

const bounds = { total: 4, perUser: 2, idleMilliseconds: 1_000, lifeMilliseconds: 60_000, waitMilliseconds: 5_000 }

class FakeConnection {
  usable = true
  readonly user: string
  readonly #world: World
  constructor(world: World, user: string) {
    this.#world = world
    this.user = user
    world.open.push(this)
  }
  close() {
    this.usable = false
    this.#world.open = this.#world.open.filter((other) => other !== this)
  }
}

class World {
  open: FakeConnection[] = []
  now = 0
  readonly pools: Pools<FakeConnection>
  constructor(changes: Partial<typeof bounds> = {}) {
    this.pools = new Pools({ ...bounds, ...changes }, () => this.now)
  }
  borrow(user: string, fresh = false): Promise<Loan<FakeConnection>> {
    return this.pools.borrow(user, async () => new FakeConnection(this, user), fresh)
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('whatever is asked, the bounds hold, nobody gets another’s connection, and everybody is served in the end', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ user: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), keep: fc.boolean(), giveFirst: fc.boolean(), breaks: fc.boolean() }), {
        maxLength: 60,
      }),
      async (steps) => {
        const world = new World()
        const held: { loan: Loan<FakeConnection>; keep: boolean; breaks: boolean }[] = []
        let served = 0
        const giveOne = () => {
          const first = held.shift()
          if (first?.breaks) first.loan.connection.usable = false
          first?.loan.giveBack(first.keep)
        }
        const check = () => {
          expect(world.open.length).toBeLessThanOrEqual(bounds.total)
          for (const user of 'abcdef') expect(world.open.filter((one) => one.user === user).length).toBeLessThanOrEqual(bounds.perUser)
        }
        for (const { user, keep, giveFirst, breaks } of steps) {
          if (giveFirst) giveOne()
          void world.borrow(user).then((loan) => {
            expect(loan.connection).toMatchObject({ user, usable: true })
            held.push({ loan, keep, breaks })
            served += 1
          })
          await settle()
          check()
        }
        for (let turn = 0; turn < 200 && (held.length > 0 || world.pools.size.waiting > 0); turn++) {
          giveOne()
          await settle()
          check()
        }
        expect(served).toBe(steps.length)
        expect(world.pools.size.total).toBe(world.pools.size.idle)
      },
    ),
    { numRuns: 200 },
  ))

test('a connection is used again by its user, and only a fresh one shows whether a password is right', async () => {
  const world = new World()
  const first = await world.borrow('a')
  first.giveBack(true)
  const again = await world.borrow('a')
  again.giveBack(true)
  const fresh = await world.borrow('a', true)
  expect([again.connection === first.connection, fresh.connection === first.connection]).toEqual([true, false])
})

test('an idle connection of another user makes room, the one that was idle longest', async () => {
  const world = new World({ total: 2 })
  const loans = [await world.borrow('a'), await world.borrow('b')]
  for (const loan of loans) loan.giveBack(true)
  const loan = await world.borrow('c')
  expect(world.open.map(({ user }) => user)).toEqual(['b', 'c'])
  loan.giveBack(true)
})

test('a user who has all he may have does not keep others waiting', async () => {
  const world = new World()
  await world.borrow('a')
  await world.borrow('a')
  const third = world.borrow('a')
  const other = await world.borrow('b')
  expect([other.connection.user, world.pools.size.waiting]).toEqual(['b', 1])
  world.pools.close()
  await expect(third).rejects.toMatchObject({ fault: 'unavailable' })
})

test('a connection is closed when it was idle or alive for long, and a request that waited too long is told', async () => {
  const world = new World({ total: 1 })
  const loan = await world.borrow('a')
  const late = world.borrow('b')
  world.now = 5_000
  world.pools.sweep()
  await expect(late).rejects.toMatchObject({ fault: 'unavailable', message: 'no connection to the database became free in time' })
  loan.giveBack(true)
  world.now = 5_999
  world.pools.sweep()
  expect(world.open).toHaveLength(1)
  world.now = 6_000
  world.pools.sweep()
  expect(world.open).toHaveLength(0)
  const old = await world.borrow('a')
  world.now = 70_000
  old.giveBack(true)
  expect(world.open).toHaveLength(0)
})

test('a failed opening leaves its place to the next', async () => {
  const world = new World({ total: 1 })
  const refused = world.pools.borrow('a', () => Promise.reject(new Error('refused')))
  const next = world.borrow('b')
  await expect(refused).rejects.toThrow('refused')
  expect((await next).connection.user).toBe('b')
})

test('a loan given back twice counts once', async () => {
  const world = new World({ total: 1 })
  const loan = await world.borrow('a')
  loan.giveBack(true)
  loan.giveBack(true)
  expect(world.pools.size).toEqual({ total: 1, idle: 1, waiting: 0 })
})

test('connections of retired users are closed, those lent out when they come back; later ones are kept', async () => {
  const world = new World()
  const [lent, idle, other] = [await world.borrow('old'), await world.borrow('old'), await world.borrow('b')]
  for (const loan of [idle, other]) loan.giveBack(true)
  world.pools.retire((user) => user === 'old')
  expect(world.open.map(({ user }) => user)).toEqual(['old', 'b'])
  lent.giveBack(true)
  expect(world.open.map(({ user }) => user)).toEqual(['b'])
  const later = await world.borrow('old')
  later.giveBack(true)
  expect(world.pools.size.idle).toBe(2)
})

test('whatever the bound is set to, nothing opens beyond it, idle ones go at once and lent ones when they come back, and all are served in the end', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ user: fc.constantFrom('a', 'b', 'c', 'd'), bound: fc.integer({ min: 0, max: 5 }) }), { maxLength: 40 }),
      async (steps) => {
        const world = new World({ total: 5 })
        const held: Loan<FakeConnection>[] = []
        let served = 0
        for (const [turn, { user, bound }] of steps.entries()) {
          void world.borrow(user).then((loan) => {
            held.push(loan)
            served += 1
          })
          await settle()
          world.pools.resize(bound)
          await settle()
          expect(world.open.length).toBeLessThanOrEqual(Math.max(bound, held.length))
          if (turn % 2 === 0) held.shift()?.giveBack(true)
          await settle()
          expect(world.open.length).toBeLessThanOrEqual(Math.max(bound, held.length))
        }
        world.pools.resize(1)
        await settle()
        for (let turn = 0; turn < 200 && (held.length > 0 || world.pools.size.waiting > 0); turn++) {
          held.shift()?.giveBack(true)
          await settle()
        }
        expect(served).toBe(steps.length)
        expect(world.open.length).toBeLessThanOrEqual(1)
      },
    ),
  ))
