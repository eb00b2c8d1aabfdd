import sql, { raw } from 'sql-template-tag'
import { expect, test } from 'vitest'
import { mysqlDatabases } from '../../api/db/mysql.ts'
import { longestPause } from '../../api/db/pause.ts'
import { PauseGate } from '../../api/db/pause-gate.ts'
import { systemClock } from '../../api/system.ts'
import { aDatabase, asAdmin, theServer } from './environment.ts'

const bounds = { total: 8, perUser: 4, idleMilliseconds: 60_000, lifeMilliseconds: 600_000, waitMilliseconds: 20_000 }

const aGatedDatabase = async () => {
  const pauses: number[] = []
  const gate = new PauseGate(systemClock, (seconds) => pauses.push(seconds))
  const databases = mysqlDatabases(theServer(), bounds, systemClock, gate)
  return { gate, pauses, ...(await aDatabase({ databases })) }
}

const pass = (milliseconds: number) => systemClock.sleep(milliseconds)

/** Requests that come one after another until told to stop, so many at a time; then how many had which status. */
const load = (atOnce: number, request: () => Promise<number>) => {
  const statuses = new Map<number, number>()
  let going = true
  const one = async () => {
    while (going) {
      const status = await request()
      // a refusal at once would keep the others, and the clock, from their turns
      await new Promise((resolve) => setImmediate(resolve))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const all = Promise.all(Array.from({ length: atOnce }, one))
  return async () => {
    going = false
    await all
    return Object.fromEntries(statuses)
  }
}

/** The user's connections and the last statement of each: as long as this stays, the server has done nothing for him. */
const lastStatements = (username: string) =>
  asAdmin((admin) => admin.all(sql`SELECT id, query_id FROM information_schema.processlist WHERE user = ${username} ORDER BY id`))

test('a hundred requests at a time, reading and writing, outlast a pause of a second: none fails, and none runs inside', async () => {
  const database = await aGatedDatabase()
  const { gate, pauses, username } = database
  let count = 0
  const request = async () => {
    count += 1
    const writes = { method: 'POST' as const, url: '/api/settings/account-types', payload: { type: `t${count}` } }
    return (await database.inject(count % 3 === 0 ? writes : { url: '/api/accounts/types/list' })).statusCode
  }
  const stop = load(100, request)
  await pass(300)
  for (const epoch of [1, 2]) {
    expect(await gate.pause(epoch, 2_000)).toEqual({ epoch, paused: true, underWay: 0 })
    const before = await lastStatements(username)
    await pass(1_000)
    expect(await lastStatements(username)).toEqual(before)
    expect(before.length).toBeGreaterThan(0)
    expect(gate.resume(epoch)).toEqual({ epoch, paused: false, underWay: 0 })
    await pass(300)
    const after = new Set((await lastStatements(username)).map((row) => (row as { id: number }).id))
    expect((before as { id: number }[]).filter(({ id }) => after.has(id))).toEqual([])
  }
  expect(Object.keys(await stop())).toEqual(['200'])
  expect(count).toBeGreaterThan(300)
  expect(pauses.map((seconds) => Math.round(seconds))).toEqual([1, 1])
  await database.close()
}, 60_000)

test('a pause that is forgotten ends by itself', async () => {
  const database = await aGatedDatabase()
  await database.gate.pause(1, 60_000)
  const since = Date.now()
  expect((await database.inject({ url: '/api/accounts/types/list' })).statusCode).toBe(200)
  const waited = Date.now() - since
  expect(waited).toBeGreaterThan(longestPause - 200)
  expect(waited).toBeLessThan(longestPause + 1_000)
  await database.close()
})

test('what runs goes on, and the pause tells of it', async () => {
  const { gate, db, ...database } = await aGatedDatabase()
  const work = db.transaction(async (inside) => {
    await inside.run(sql`INSERT INTO tbl_accountType (dateImport, type) VALUES (NOW(), 'slow')`)
    await inside.first(sql`SELECT SLEEP(0.8)`)
    return inside.first<{ type: string }>(sql`SELECT type FROM tbl_accountType WHERE type = 'slow'`)
  })
  await pass(200)
  expect(await gate.pause(1, 200)).toEqual({ epoch: 1, paused: false, underWay: 1 })
  expect(await gate.pause(2, 2_000)).toEqual({ epoch: 2, paused: true, underWay: 0 })
  expect(await work).toEqual({ type: 'slow' })
  gate.resume(2)
  await database.close()
})

const cut = async (username: string) => {
  const ids = (await lastStatements(username)) as { id: number }[]
  await asAdmin(async (admin) => {
    for (const { id } of ids) await admin.run(raw(`KILL ${id}`))
  })
  return ids.length
}

const insert = (type: string) => sql`INSERT INTO tbl_accountType (dateImport, type) VALUES (NOW(), ${type})`

test('whatever begins on a connection that was cut meanwhile begins again on another one', async () => {
  const { username, db, ...database } = await aGatedDatabase()
  const works = {
    'a read': () => db.first(sql`SELECT 1 AS one`),
    'a transaction': () => db.transaction((inside) => inside.run(insert('in a transaction'))),
    'work of its own connection': () => db.pinned((inside) => inside.first(sql`SELECT GET_LOCK('x', 1)`)),
  }
  for (const [what, work] of Object.entries(works)) {
    await Promise.all(Array.from({ length: 4 }, () => db.first(sql`SELECT SLEEP(0.05)`)))
    expect([what, await cut(username)]).toEqual([what, 4])
    expect([what, await work()]).not.toEqual([what, undefined])
  }
  expect(await db.all(sql`SELECT id FROM tbl_accountType WHERE type = 'in a transaction'`)).toHaveLength(1)
  await database.close()
})

test('a transaction that was cut after its first statement fails, for somebody may have acted on it', async () => {
  const { username, db, ...database } = await aGatedDatabase()
  let turns = 0
  const work = db.transaction(async (inside) => {
    turns += 1
    await inside.run(insert('cut'))
    await cut(username)
    await inside.run(insert('cut, too'))
  })
  await expect(work).rejects.toMatchObject({ fault: 'unavailable' })
  expect(turns).toBe(1)
  expect(await db.all(sql`SELECT id FROM tbl_accountType WHERE type LIKE 'cut%'`)).toEqual([])
  await database.close()
})
