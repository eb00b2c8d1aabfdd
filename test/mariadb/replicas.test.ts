import { randomBytes } from 'node:crypto'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import type { Db } from '../../api/db/db.ts'
import type { MysqlDatabases } from '../../api/db/mysql.ts'
import { type Me, Replicas, type Times } from '../../api/limits/replicas.ts'
import { mysqlStore } from '../../api/operations/mysql.ts'
import type { OperationsStore } from '../../api/operations/store.ts'
import { systemClock, systemStopwatch } from '../../api/system.ts'
import { noLog, someDatabases } from './environment.ts'
import { anOperationsDatabase } from './operations-database.ts'
import { eventually } from './process.ts'

const quick: Times = { beat: 200, hurry: 50, life: 1_500, calm: 600 }

let ops: Login
let service: MysqlDatabases
let store: OperationsStore
const living: Replicas[] = []

beforeEach(async () => {
  ops = await anOperationsDatabase()
  service = someDatabases()
  store = mysqlStore(service.open(ops))
  await store.prepare()
})

afterEach(async () => {
  await Promise.all(living.splice(0).map((replica) => replica.leave()))
  await service.close()
})

/** A replica that gives signs of life, and the bound of its connections. */
const aReplica = (changes: Partial<Me> = {}, through = store) => {
  const pools = {
    size: { total: 0 },
    bound: -1,
    resize(total: number) {
      pools.bound = total
    },
  }
  const me = { id: randomBytes(8).toString('hex'), deployment: 'home-api', maxReplicas: 4, total: 90, ...changes }
  const replica = new Replicas(me, { store: through, pools, clock: systemClock, stopwatch: systemStopwatch, log: noLog }, quick)
  living.push(replica)
  void replica.run()
  return { replica, pools, bound: async () => pools.bound }
}

const is = (wanted: number) => (bound: number) => bound === wanted

test('one alone takes the smallest part at first and everything once it has seen nobody for a while', async () => {
  const { bound, replica } = aReplica()
  expect(await bound()).toBe(0)
  expect(await eventually(bound, (part) => part > 0)).toBe(22)
  expect(replica.own).toBe(4)
  await eventually(bound, is(90))
  expect(replica.own).toBe(1)
})

test('those of all Deployments divide the connections, those of one’s own the requests', async () => {
  const [one, two, other] = [aReplica(), aReplica(), aReplica({ deployment: 'shop-api' })]
  for (const { bound } of [one, two, other]) await eventually(bound, is(30))
  expect([one, two, other].map(({ replica }) => replica.own)).toEqual([2, 2, 1])
})

test('who leaves is gone at once, and who comes gets what the others give up', async () => {
  const [one, two] = [aReplica(), aReplica()]
  for (const { bound } of [one, two]) await eventually(bound, is(45))
  await two.replica.leave()
  expect(await service.open(ops).all(sql`SELECT id FROM replicas`)).toHaveLength(1)
  await eventually(one.bound, is(90))
  const three = aReplica()
  await eventually(three.bound, is(22))
  expect(one.pools.bound).toBeLessThanOrEqual(45)
})

test('who gives no sign of life any more is forgotten, by the clock of the database', async () => {
  const lost = { ...store, leave: async () => {} }
  const [one, two] = [aReplica(), aReplica({}, lost)]
  await eventually(one.bound, is(45))
  const killed = performance.now()
  await two.replica.leave()
  await eventually(one.bound, is(90))
  expect(performance.now() - killed).toBeGreaterThan(quick.life - quick.beat)
})

test('while the rows cannot be read the last part is kept, then the smallest one taken, and the due one again once they can', async () => {
  let broken = false
  const failing: OperationsStore = { ...store, beat: (...input) => (broken ? Promise.reject(new Error('no database')) : store.beat(...input)) }
  const { bound } = aReplica({}, failing)
  await eventually(bound, is(90))
  broken = true
  const since = performance.now()
  await eventually(bound, (part) => part !== 90)
  expect(performance.now() - since).toBeGreaterThan(quick.life - quick.hurry - quick.beat - 100)
  expect(await bound()).toBe(22)
  broken = false
  await eventually(bound, is(90))
})

/** A database whose answers about the others never come, once they are asked for within a transaction. */
const fallsSilent = (db: Db, isSilent: () => void): Db => ({
  all: (statement) => db.all(statement),
  first: (statement) => db.first(statement),
  run: (statement) => db.run(statement),
  pinned: (work) => db.pinned(work),
  transaction: (work) =>
    db.transaction((inside) =>
      work({
        all: () => new Promise(() => isSilent()),
        first: (statement) => inside.first(statement),
        run: (statement) => inside.run(statement),
        pinned: (more) => inside.pinned(more),
        transaction: (more) => inside.transaction(more),
      }),
    ),
})

test('one that is cut off in the middle of its sign of life keeps the others waiting for seconds only', async () => {
  const locked = Promise.withResolvers<void>()
  void mysqlStore(fallsSilent(service.open(ops), locked.resolve)).beat({ id: 'cut-off', deployment: 'home-api' }, 15, () => 0)
  await locked.promise
  const since = performance.now()
  await store.beat({ id: 'another', deployment: 'home-api' }, 15, () => 0)
  expect(performance.now() - since).toBeGreaterThan(1_000)
  expect(performance.now() - since).toBeLessThan(9_000)
})

test('many that start, beat and leave at the same time never claim more than there is', async () => {
  const many = Array.from({ length: 12 }, () => aReplica({ maxReplicas: 4, total: 20 }))
  const rows = async () =>
    (await service.open(ops).first<{ claimed: number; live: number }>(sql`SELECT SUM(connections) AS claimed, COUNT(*) AS live FROM replicas`)) ?? {
      claimed: 0,
      live: 0,
    }
  const sums: number[] = []
  await eventually(
    async () => {
      const { live, claimed } = await rows()
      sums.push(
        Number(claimed ?? 0),
        many.reduce((sum, { pools }) => sum + pools.bound, 0),
      )
      return { live, least: Math.min(...many.map(({ pools }) => pools.bound)) }
    },
    ({ live, least }) => live === 12 && least === 1,
  )
  expect(Math.max(...sums)).toBeLessThanOrEqual(20)
})
