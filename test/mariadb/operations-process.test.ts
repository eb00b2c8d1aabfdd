import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import sql, { raw } from 'sql-template-tag'
import { expect, test } from 'vitest'
import { asAdmin, aUser } from './environment.ts'
import { eventually, inFolder, run, serverEnvironment, write } from './process.ts'
import { freePort } from './set-up.ts'

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
    expect(await (await fetch(`http://127.0.0.1:${own.management}/version`)).json()).toEqual({ release: '1.0.0', schema: { min: '001', max: '001' } })
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
