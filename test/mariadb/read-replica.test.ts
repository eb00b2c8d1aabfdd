import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import type { Db } from '../../api/db/db.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { systemClock } from '../../api/system.ts'
import { freePort } from '../support/free-port.ts'
import { someDatabases, theServer } from './environment.ts'
import { eventually, type Program, run, write } from './process.ts'
import { type OwnServer, startOwn, type TestServer } from './set-up.ts'

let primary: OwnServer
let replica: OwnServer
let folder: string
let api: Program
let origin: string
let management: string
const operatorKey = randomBytes(24).toString('base64url')

const on = async <T>({ host, port, user, password }: TestServer, work: (db: Db) => Promise<T>, login: Partial<Login> = {}): Promise<T> => {
  const databases = someDatabases({ ...theServer(), host, port })
  try {
    return await work(databases.open({ username: user, password, database: 'mysql', ...login }))
  } finally {
    await databases.close()
  }
}

const onReplica = <T>(work: (db: Db) => Promise<T>) => on(replica.server, work)

const follow = async () => {
  const account = { name: 'follower', password: randomBytes(12).toString('base64url') }
  await on(primary.server, async (db) => {
    await db.run(sql`CREATE USER ${account.name}@'%' IDENTIFIED BY ${account.password}`)
    await db.run(raw(`GRANT REPLICATION SLAVE ON *.* TO '${account.name}'@'%'`))
  })
  const { host, port } = primary.server
  await onReplica(async (db) => {
    await db.run(raw('RESET MASTER'))
    await db.run(raw('SET GLOBAL server_id = 2'))
    await db.run(raw('SET GLOBAL read_only = ON'))
    await db.run(
      raw(
        `CHANGE MASTER TO MASTER_HOST = '${host}', MASTER_PORT = ${port}, MASTER_USER = '${account.name}', MASTER_PASSWORD = '${account.password}', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos`,
      ),
    )
    await db.run(raw('START SLAVE'))
  })
}

beforeAll(async () => {
  ;[primary, replica] = await Promise.all([startOwn(), startOwn()])
  await follow()
  folder = mkdtempSync(join(tmpdir(), 'finia-replica-'))
  api = await serve(folder)
})
afterAll(async () => {
  api.child.kill('SIGTERM')
  expect(await api.exit).toBe(0)
  rmSync(folder, { recursive: true, force: true })
  await Promise.all([primary.stop(), replica.stop()])
})

/** A user with a migrated database, on the primary. */
const aUser = async (): Promise<Login> => {
  const username = `t${randomBytes(6).toString('hex')}`
  const user = { username, password: randomBytes(12).toString('base64url'), database: `finiaDB_${username}` }
  await on(primary.server, async (db) => {
    await db.run(raw(`CREATE DATABASE \`${user.database}\` CHARACTER SET utf8mb3`))
    await db.run(sql`CREATE USER ${username}@'%' IDENTIFIED BY ${user.password}`)
    await db.run(raw(`GRANT ALL PRIVILEGES ON \`${user.database}\`.* TO '${username}'@'%'`))
  })
  await on(primary.server, (db) => migrate(db, { labels: ['expand', 'contract'], dryRun: false }), user)
  return user
}

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** A client that keeps cookies, as a browser does, or does not. */
class Client {
  readonly #origin: string
  readonly #keepsCookies: boolean
  #cookies = new Map<string, string>()
  token = ''

  constructor(origin: string, keepsCookies = true) {
    this.#origin = origin
    this.#keepsCookies = keepsCookies
  }

  get position(): string | undefined {
    return this.#cookies.get('finia_position')
  }

  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const cookie = this.position && { cookie: `finia_position=${this.position}` }
    const answer = await fetch(this.#origin + path, {
      method,
      headers: { ...(this.token && { authorization: `Bearer ${this.token}` }), ...cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    for (const text of this.#keepsCookies ? answer.headers.getSetCookie() : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      if (value) this.#cookies.set(name, value)
      else this.#cookies.delete(name)
    }
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  async signIn({ username, password }: Login): Promise<this> {
    const { status, body } = await this.ask('POST', '/api/auth/login', { username, password })
    if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`)
    this.token = String(body.token)
    return this
  }

  /** Writes, reads, and says whether the reading has seen what was written. */
  async seesItsOwn(type: string): Promise<boolean> {
    const written = await this.ask('POST', '/api/settings/account-types', { type })
    const read = await this.ask('GET', '/api/settings/account-types')
    if (written.status !== 200 || read.status !== 200)
      throw new Error(`answered ${written.status} and ${read.status}: ${JSON.stringify([written.body, read.body])}`)
    return (read.body.account_types as { type: string }[]).some((each) => each.type === type)
  }
}

/** An API that prefers the replica. */
const serve = async (folder: string): Promise<Program> => {
  const [port, managementPort] = [await freePort(), await freePort()]
  const { host, port: replicaPort } = replica.server
  const config = {
    database: { host: primary.server.host, port: primary.server.port, read_from: 'PreferReplica', replicas: [{ host, port: replicaPort }] },
    api: { port, management_port: managementPort, requests_per_minute: 0 },
    auth: { username_prefix: '', database_prefix: 'finiaDB_' },
  }
  const program = run('api/main.ts', [], { FINIA_CONFIG: write(folder, 'config.yaml', JSON.stringify(config)), FINIA_OPERATOR_KEY: operatorKey }, 300_000)
  management = `http://127.0.0.1:${managementPort}`
  const isReady = () =>
    fetch(`${management}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    )
  await eventually(isReady, (ready) => ready)
  origin = `http://127.0.0.1:${port}`
  return program
}

const questions = () => onReplica(async (db) => Number((await db.first<{ Value: string }>(sql`SHOW GLOBAL STATUS LIKE 'Com_select'`))?.Value))

const lists = async (client: Client, count: number) => {
  const statuses = new Set<number>()
  for (let turn = 0; turn < count; turn++) statuses.add((await client.ask('GET', '/api/settings/account-types')).status)
  return [...statuses]
}

/** Once the replica follows and nobody leaves it alone any more. */
const isReadFrom = (client: Client) =>
  eventually(
    async () => {
      const before = await questions()
      await lists(client, 5)
      return (await questions()) - before
    },
    (asked) => asked >= 5,
  )

test('whoever keeps cookies reads from the replica with one wait for all requests that follow a write; who does not reads from the primary', async () => {
  const user = await aUser()
  const client = await new Client(origin).signIn(user)
  expect(client.position).toMatch(/^\d+-\d+-\d+\.[\w-]{22}$/)
  expect(await client.seesItsOwn('mine')).toBe(true)
  await isReadFrom(client)
  const before = await questions()
  expect(await lists(client, 20)).toEqual([200])
  const asked = (await questions()) - before
  expect(asked).toBeGreaterThanOrEqual(20)
  expect(asked).toBeLessThanOrEqual(25)
  const forgetful = await new Client(origin, false).signIn(user)
  const then = await questions()
  expect(await lists(forgetful, 20)).toEqual([200])
  expect(await questions()).toBe(then)
})

test('a read never sees the state before the session’s own write, whether the replica follows, stands still or catches up', async () => {
  const user = await aUser()
  const clients = await Promise.all(Array.from({ length: 4 }, () => new Client(origin).signIn(user)))
  await isReadFrom(clients[0] ?? new Client(origin))
  const before = await questions()
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
    await onReplica((db) => db.run(raw(statement)))
    await systemClock.sleep(milliseconds)
  }
  going = false
  await Promise.all(writing)
  expect(missed).toBe(0)
  expect(seen).toBeGreaterThan(100)
  expect((await questions()) - before).toBeGreaterThan(50)
})

test('a replica that stands still is not asked, though it has all that the session has written', async () => {
  const client = await new Client(origin).signIn(await aUser())
  await isReadFrom(client)
  await onReplica((db) => db.run(raw('STOP SLAVE')))
  await systemClock.sleep(1_100)
  await lists(client, 1)
  const before = await questions()
  expect(await lists(client, 20)).toEqual([200])
  expect(await questions()).toBe(before)
  await onReplica((db) => db.run(raw('START SLAVE')))
  await isReadFrom(client)
})

test('a process holds its requests back on the word of the operator, those to the replica as well', async () => {
  const say = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'x-finia-operator-key': operatorKey }
    const answer = await fetch(management + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return [answer.status, await answer.json()]
  }
  const client = await new Client(origin).signIn(await aUser())
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
  expect((await fetch(`${management}/pause`, { method: 'POST' })).status).toBe(401)
})

test('a write that meets a server which only reads is sent to where the address leads now', async () => {
  const user = await aUser()
  await eventually(
    () =>
      on(replica.server, (db) => db.first(sql`SELECT 1 AS one FROM tbl_accountType LIMIT 1`), user).then(
        () => true,
        () => false,
      ),
    (there) => there,
  )
  let target = replica.server.port
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
  target = primary.server.port
  expect(await db.run(insert('moved'))).toMatchObject({ affectedRows: 1 })
  expect(await db.transaction((inside) => inside.all(sql`SELECT type FROM tbl_accountType WHERE type IN ('moved', 'refused')`))).toEqual([{ type: 'moved' }])
  await databases.close()
  await new Promise((resolve) => address.close(resolve))
})

test('no request fails when the replica is killed, and none waits for it', async () => {
  const user = await aUser()
  const clients = await Promise.all(Array.from({ length: 8 }, () => new Client(origin).signIn(user)))
  await isReadFrom(clients[0] ?? new Client(origin))
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
  replica.process.kill('SIGKILL')
  await systemClock.sleep(4_000)
  going = false
  await Promise.all(reading)
  expect([...statuses]).toEqual([200])
  expect(waits.length).toBeGreaterThan((Date.now() - started) / 50)
  expect(Math.max(...waits)).toBeLessThan(2_000)
})
