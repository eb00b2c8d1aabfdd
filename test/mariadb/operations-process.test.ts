import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import sql, { raw } from 'sql-template-tag'
import { expect, test } from 'vitest'
import { schemaRange } from '../../api/db/migrations/all.ts'
import { freePort } from '../support/free-port.ts'
import { asAdmin, aUser } from './environment.ts'
import { aBankDatabase, sample } from './import-form.ts'
import { eventually, inFolder, run, serverEnvironment, write } from './process.ts'

interface Ports {
  readonly api: number
  readonly management: number
}

const ports = async (): Promise<Ports> => ({ api: await freePort(), management: await freePort() })

const configOf = (folder: string, { management }: Ports, operations = 'finia_ops') =>
  write(
    folder,
    'config.yaml',
    `database: { operations: ${operations} }\napi: { management_port: ${management} }\nauth: { username_prefix: '', database_prefix: finiaDB_ }\n`,
  )

/** The status of an address, or 0 while nobody answers. */
const statusOf = async (port: number, path: string): Promise<number> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}${path}`)).status
  } catch {
    return 0
  }
}

const login = (port: number, username: string, password: string) =>
  fetch(`http://127.0.0.1:${port}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })

test('a process with just a database address serves, and says that its sessions end with it', () =>
  inFolder(async (folder) => {
    const user = await aUser()
    const own = await ports()
    const program = run('api/main.ts', [], { ...serverEnvironment(), API_PORT: String(own.api), FINIA_CONFIG: configOf(folder, own) })
    await eventually(
      () => statusOf(own.management, '/readyz'),
      (status) => status === 200,
    )
    expect((await login(own.api, user.username, user.password)).status).toBe(200)
    expect(await (await fetch(`http://127.0.0.1:${own.management}/version`)).json()).toEqual({ release: '1.0.0', schema: schemaRange })
    program.child.kill('SIGTERM')
    expect(await program.exit).toBe(0)
    expect(program.output()).toContain('no FINIA_SESSION_KEYS')
    expect(program.output()).not.toContain(user.password)
  }))

test('while the operations database is missing the process lives and is not ready; once it is there it serves', () =>
  inFolder(async (folder) => {
    const own = await ports()
    const operations = `ops_${randomBytes(6).toString('hex')}`
    const password = randomBytes(12).toString('base64url')
    await asAdmin((db) => db.run(sql`CREATE USER ${operations}@'%' IDENTIFIED BY ${password}`))
    const program = run('api/main.ts', [], {
      ...serverEnvironment(),
      API_PORT: String(own.api),
      FINIA_CONFIG: configOf(folder, own, operations),
      FINIA_SERVICE_USER: operations,
      FINIA_SERVICE_PASSWORD_FILE: write(folder, 'password', password),
    })
    await eventually(
      () => statusOf(own.management, '/livez'),
      (status) => status === 200,
    )
    expect(await statusOf(own.management, '/readyz')).toBe(503)
    await asAdmin(async (db) => {
      await db.run(raw(`CREATE DATABASE ${operations}`))
      await db.run(raw(`GRANT ALL PRIVILEGES ON \`${operations.replaceAll('_', '\\_')}\`.* TO '${operations}'@'%'`))
    })
    await eventually(
      () => statusOf(own.management, '/readyz'),
      (status) => status === 200,
    )
    const user = await aUser()
    expect((await login(own.api, user.username, user.password)).status).toBe(200)
    program.child.kill('SIGTERM')
    expect(await program.exit).toBe(0)
  }))

test('a request under way when the process is told to stop is answered, and the process is not ready meanwhile', () =>
  inFolder(async (folder) => {
    const own = await ports()
    const user = await aUser()
    const program = run('api/main.ts', [], { ...serverEnvironment(), API_PORT: String(own.api), FINIA_CONFIG: configOf(folder, own) })
    await eventually(
      () => statusOf(own.management, '/readyz'),
      (status) => status === 200,
    )
    const agent = new Agent({ keepAlive: true })
    const body = JSON.stringify({ username: user.username, password: user.password })
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const slow = request({ port: own.api, path: '/api/auth/login', method: 'POST', agent, headers })
    const answer = new Promise<number | undefined>((resolve, reject) => {
      slow.once('response', (response) => resolve(response.resume().statusCode))
      slow.once('error', reject)
    })
    slow.write(body.slice(0, 5))
    await eventually(
      () => statusOf(own.api, '/api/health'),
      (status) => status === 200,
    )
    program.child.kill('SIGTERM')
    expect(
      await eventually(
        () => statusOf(own.management, '/readyz'),
        (status) => status !== 200,
      ),
    ).toBe(503)
    slow.end(body.slice(5))
    expect(await answer).toBe(200)
    expect(await program.exit).toBe(0)
    agent.destroy()
  }))

test('a file that is being sent when the process is told to stop is read to its end and stored', () =>
  inFolder(async (folder) => {
    const own = await ports()
    const bank = await aBankDatabase()
    const program = run('api/main.ts', [], { ...serverEnvironment(), API_PORT: String(own.api), FINIA_CONFIG: configOf(folder, own) })
    await eventually(
      () => statusOf(own.management, '/readyz'),
      (status) => status === 200,
    )
    const { token } = (await (await login(own.api, bank.username, bank.password)).json()) as { token: string }
    const form = new FormData()
    form.set('file', new Blob([sample('csv-spk')]), 'bank.csv')
    form.set('format', 'csv-spk')
    form.set('account_id', '1')
    const encoded = new Response(form)
    const body = Buffer.from(await encoded.arrayBuffer())
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '', 'content-length': body.length, authorization: `Bearer ${token}` }
    const slow = request({ port: own.api, path: '/api/transactions/import-csv', method: 'POST', headers })
    const answer = new Promise<number | undefined>((resolve, reject) => {
      slow.once('response', (response) => resolve(response.resume().statusCode))
      slow.once('error', reject)
    })
    slow.write(body.subarray(0, 100))
    await eventually(
      () => statusOf(own.api, '/api/health'),
      (status) => status === 200,
    )
    program.child.kill('SIGTERM')
    await eventually(
      () => statusOf(own.management, '/readyz'),
      (status) => status !== 200,
    )
    slow.end(body.subarray(100))
    expect([await answer, await program.exit]).toEqual([200, 0])
    expect(await bank.db.first(sql`SELECT COUNT(*) AS stored FROM tbl_transaction`)).toEqual({ stored: 5 })
    await bank.close()
  }))

/** Fails in a process of ours as soon as that is ready for it. */
const mistake = `const timer = setInterval(() => {
  if (process.listenerCount('uncaughtException') === 0) return
  clearInterval(timer)
  throw new Error('Miete Huber')
}, 50)`

test('a mistake of ours ends the process, and the log says where it was made but not what it was made of', () =>
  inFolder(async (folder) => {
    const own = await ports()
    const environment = {
      ...serverEnvironment(),
      API_PORT: String(own.api),
      FINIA_CONFIG: configOf(folder, own),
      NODE_OPTIONS: `--import=${write(folder, 'mistake.mjs', mistake)}`,
    }
    const program = run('api/main.ts', [], environment)
    expect(await program.exit).toBe(1)
    expect(program.output()).toContain('the process ends because of a mistake of ours')
    expect(program.output()).not.toContain('Huber')
  }))

test('everything that is wrong with the settings is told in one list before the process ends', () =>
  inFolder(async (folder) => {
    const program = run('api/main.ts', [], {
      DB_PORT: '99999',
      FINIA_SERVICE_USER: 'finia_app',
      FINIA_SESSION_KEYS: '{"keys":[]}',
      FINIA_SETUP_TOKEN: 'a',
      FINIA_SETUP_TOKEN_FILE: '/nowhere',
      FINIA_CONFIG: write(folder, 'config.yaml', 'database: {}\napi: { port: many }\n'),
    })
    expect(await program.exit).toBe(2)
    for (const name of ['DB_PORT', 'api.port', 'auth in config.yaml is missing', 'FINIA_SERVICE_PASSWORD', 'FINIA_SESSION_KEYS', 'FINIA_SETUP_TOKEN_FILE']) {
      expect(program.output()).toContain(name)
    }
  }))
