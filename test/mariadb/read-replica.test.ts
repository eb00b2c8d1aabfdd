import { type AddressInfo, connect, createServer } from 'node:net'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../api/system.ts'
import { Client } from './cookie-client.ts'
import { someDatabases, theServer } from './environment.ts'
import { eventually } from './process.ts'
import { on, ReplicatedApi } from './replicated-api.ts'

let place: ReplicatedApi

beforeAll(async () => {
  place = await ReplicatedApi.start()
})
afterAll(async () => {
  expect(await place.stop()).toBe(0)
})

const lists = async (client: Client, count: number) => {
  const statuses = new Set<number>()
  for (let turn = 0; turn < count; turn++) statuses.add((await client.ask('GET', '/api/settings/account-types')).status)
  return [...statuses]
}

/** Once the replica follows and nobody leaves it alone any more. */
const isReadFrom = (client: Client) =>
  eventually(
    async () => {
      const before = await place.questions()
      await lists(client, 5)
      return (await place.questions()) - before
    },
    (asked) => asked >= 5,
  )

test('whoever keeps cookies reads from the replica with one wait for all requests that follow a write; who does not reads from the primary', async () => {
  const user = await place.createUser()
  const client = await new Client(place.api.origin).signIn(user)
  expect(client.position).toMatch(/^\d+-\d+-\d+\.[\w-]{22}$/)
  expect(await client.seesItsOwn('mine')).toBe(true)
  await isReadFrom(client)
  const before = await place.questions()
  expect(await lists(client, 20)).toEqual([200])
  const asked = (await place.questions()) - before
  expect(asked).toBeGreaterThanOrEqual(20)
  expect(asked).toBeLessThanOrEqual(25)
  const forgetful = await new Client(place.api.origin, false).signIn(user)
  const then = await place.questions()
  expect(await lists(forgetful, 20)).toEqual([200])
  expect(await place.questions()).toBe(then)
})

test('a read never sees the state before the session’s own write, whether the replica follows, stands still or catches up', async () => {
  const user = await place.createUser()
  const clients = await Promise.all(Array.from({ length: 4 }, () => new Client(place.api.origin).signIn(user)))
  await isReadFrom(clients[0] ?? new Client(place.api.origin))
  const before = await place.questions()
  let going = true
  let [seen, missed] = [0, 0]
  const writing = clients.map(async (client, name) => {
    for (let turn = 0; going; turn++) {
      if (await client.seesItsOwn(`${name}-${turn}`)) seen += 1
      else missed += 1
    }
  })
  for (const [statement, milliseconds] of [
    ['DO 1', 500],
    ['STOP SLAVE', 1_000],
    ['START SLAVE', 4_000],
    ['STOP SLAVE SQL_THREAD', 500],
    ['START SLAVE', 500],
  ] as const) {
    await place.onReplica((db) => db.run(raw(statement)))
    await systemClock.sleep(milliseconds)
  }
  going = false
  await Promise.all(writing)
  expect(missed).toBe(0)
  expect(seen).toBeGreaterThan(100)
  expect((await place.questions()) - before).toBeGreaterThan(50)
})

test('a replica that stands still is not asked, though it has all that the session has written', async () => {
  const client = await new Client(place.api.origin).signIn(await place.createUser())
  await isReadFrom(client)
  await place.onReplica((db) => db.run(raw('STOP SLAVE')))
  await systemClock.sleep(1_100)
  await lists(client, 1)
  const before = await place.questions()
  expect(await lists(client, 20)).toEqual([200])
  expect(await place.questions()).toBe(before)
  await place.onReplica((db) => db.run(raw('START SLAVE')))
  await isReadFrom(client)
})

test('a process holds its requests back on the word of the operator, those to the replica as well', async () => {
  const say = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'x-finia-operator-key': place.api.operatorKey }
    const answer = await fetch(place.api.management + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return [answer.status, await answer.json()]
  }
  const client = await new Client(place.api.origin).signIn(await place.createUser())
  await isReadFrom(client)
  expect(await say('/pause', { epoch: 1, deadline: 1_500 })).toEqual([200, { epoch: 1, paused: true, underWay: 0 }])
  const answered: string[] = []
  const reading = client.ask('GET', '/api/settings/account-types').then(({ status }) => answered.push(`read ${status}`))
  const writing = client.ask('POST', '/api/settings/account-types', { type: 'held back' }).then(({ status }) => answered.push(`written ${status}`))
  await systemClock.sleep(500)
  expect(answered).toEqual([])
  expect(await say('/resume', { epoch: 1 })).toMatchObject([200, { epoch: 1, paused: false }])
  await Promise.all([reading, writing])
  expect(answered.sort()).toEqual(['read 200', 'written 200'])
  expect((await fetch(`${place.api.management}/pause`, { method: 'POST' })).status).toBe(401)
})

test('a write that meets a server which only reads is sent to where the address leads now', async () => {
  const user = await place.createUser()
  await eventually(
    () =>
      on(place.replica.server, (db) => db.first(sql`SELECT 1 AS one FROM tbl_accountType LIMIT 1`), user).then(
        () => true,
        () => false,
      ),
    (there) => there,
  )
  let target = place.replica.server.port
  const address = createServer((socket) => {
    const upstream = connect(target, '127.0.0.1')
    socket.pipe(upstream).pipe(socket)
    for (const end of [socket, upstream]) end.on('error', () => [socket, upstream].map((each) => each.destroy()))
  })
  await new Promise<void>((resolve) => void address.listen(0, '127.0.0.1', resolve))
  const databases = someDatabases({ ...theServer(), port: (address.address() as AddressInfo).port })
  const db = databases.open(user)
  const insert = (type: string) => sql`INSERT INTO tbl_accountType (dateImport, type) VALUES (NOW(), ${type})`
  await expect(db.run(insert('refused'))).rejects.toMatchObject({ errno: 1290, fault: 'unavailable' })
  await db.first(sql`SELECT 1 AS one`)
  target = place.primary.server.port
  expect(await db.run(insert('moved'))).toMatchObject({ affectedRows: 1 })
  expect(await db.transaction((inside) => inside.all(sql`SELECT type FROM tbl_accountType WHERE type IN ('moved', 'refused')`))).toEqual([{ type: 'moved' }])
  await databases.close()
  await new Promise((resolve) => address.close(resolve))
})

test('no request fails when the replica is killed, and none waits for it', async () => {
  const user = await place.createUser()
  const clients = await Promise.all(Array.from({ length: 8 }, () => new Client(place.api.origin).signIn(user)))
  await isReadFrom(clients[0] ?? new Client(place.api.origin))
  let going = true
  const statuses = new Set<number>()
  const [waits, started] = [[] as number[], Date.now()]
  const reading = clients.map(async (client) => {
    while (going) {
      const since = Date.now()
      statuses.add((await client.ask('GET', '/api/settings/account-types')).status)
      waits.push(Date.now() - since)
    }
  })
  await systemClock.sleep(500)
  place.replica.process.kill('SIGKILL')
  await systemClock.sleep(4_000)
  going = false
  await Promise.all(reading)
  expect([...statuses]).toEqual([200])
  expect(waits.length).toBeGreaterThan((Date.now() - started) / 50)
  expect(Math.max(...waits)).toBeLessThan(2_000)
})
