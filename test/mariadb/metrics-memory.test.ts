import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { raw } from 'sql-template-tag'
import { expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { asAdmin, aUser } from './environment.ts'
import { aBankDatabase } from './import-form.ts'
import { eventually, inFolder, run, serverEnvironment, write } from './process.ts'

const users = 50
const sessionsEach = 4
const sessions = users * sessionsEach
const requestsEach = 10
/** What an instance's pods request and are limited by leaves room above it. */
const mostMegabytes = 150

/** So many users with a few tables of their own, as copies of a migrated database. */
const manyUsers = async (template: string): Promise<readonly { readonly username: string; readonly password: string }[]> => {
  const first = await aUser()
  const accounts = Array.from({ length: users }, (_, index) => ({ username: `${first.username}_${index}`, password: first.password }))
  await asAdmin(async (db) => {
    for (const { username, password } of accounts) {
      const database = `finiaDB_${username}`
      await db.run(raw(`CREATE DATABASE \`${database}\``))
      for (const table of ['tbl_planningCycle', 'tbl_accountType']) await db.run(raw(`CREATE TABLE \`${database}\`.${table} LIKE \`${template}\`.${table}`))
      await db.run(raw(`GRANT ALL PRIVILEGES ON \`${database.replaceAll('_', '\\_')}\`.* TO '${username}'@'%' IDENTIFIED BY '${password}'`))
    }
  })
  return accounts
}

/** What the image of the API sets for its programs. */
const ofTheImage = (): Record<string, string> => {
  const [options] = /(?<=^FROM base AS api\n(?:.*\n)*?ENV NODE_OPTIONS=).*/m.exec(readFileSync('Dockerfile', 'utf8')) ?? []
  return { NODE_ENV: 'production', NODE_OPTIONS: options ?? '' }
}

/** The most that it ever had. */
const memoryOf = (pid: number | undefined): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1]) / 1024

const tokenOf = async (base: string, account: object): Promise<string> => {
  const answer = await fetch(`${base}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account) })
  expect(answer.status).toBe(200)
  // the answer of a login
  return ((await answer.json()) as { token: string }).token
}

/** So many at a time. */
const each = async <T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = []
  for (let index = 0; index < items.length; index += atOnce) results.push(...(await Promise.all(items.slice(index, index + atOnce).map(work))))
  return results
}

test(
  `the bundled program needs at most ${mostMegabytes} MB with ${sessions} sessions after ${sessions * requestsEach} requests, and tells its metrics`,
  { timeout: 120_000 },
  () =>
    inFolder(async (folder) => {
      await promisify(execFile)(process.execPath, ['build.ts', folder])
      const template = await aBankDatabase()
      const accounts = await manyUsers(template.database)
      const [port, management] = [await freePort(), await freePort()]
      const config = write(
        folder,
        'config.yaml',
        `database: {}\napi: { management_port: ${management}, requests_per_minute: 0 }\nauth: { username_prefix: '', database_prefix: finiaDB_, max_login_attempts_per_address: 0 }\n`,
      )
      const environment = { ...serverEnvironment(), API_HOST: '127.0.0.1', API_PORT: String(port), FINIA_CONFIG: config, ...ofTheImage() }
      const program = run(`${folder}/api.js`, [], environment)
      const base = `http://127.0.0.1:${port}`
      await eventually(
        () =>
          fetch(`http://127.0.0.1:${management}/readyz`).then(
            ({ status }) => status,
            () => 0,
          ),
        (status) => status === 200,
      )
      const tokens = await each(Array.from({ length: sessionsEach }, () => accounts).flat(), 10, (account) => tokenOf(base, account))
      const requests = Array.from({ length: requestsEach }, () => tokens).flat()
      const paths = ['/api/planning/cycles', '/api/settings/account-types', '/api/auth/session']
      const statuses = await each(requests, 20, async (token) => {
        const path = paths[tokens.indexOf(token) % paths.length] ?? ''
        const answer = await fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } })
        await answer.arrayBuffer()
        return `${answer.status} ${path}`
      })
      expect([...new Set(statuses)].sort()).toEqual(paths.map((path) => `200 ${path}`).sort())
      const text = await (await fetch(`http://127.0.0.1:${management}/metrics`)).text()
      expect(text).toContain(`finia_api_sessions_known ${sessions}`)
      for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_active_seconds_total', 'nodejs_gc_duration_seconds'])
        expect(text).toContain(`\n# TYPE ${name} `)
      const most = memoryOf(program.child.pid)
      program.child.kill('SIGTERM')
      await program.exit
      await template.close()
      expect(most).toBeLessThanOrEqual(mostMegabytes)
    }),
)
