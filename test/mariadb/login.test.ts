import { setTimeout as sleep } from 'node:timers/promises'
import { raw } from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import { memoryStore } from '../../api/operations/memory.ts'
import { mysqlStore } from '../../api/operations/mysql.ts'
import { freePort } from '../support/free-port.ts'
import { anApi, asAdmin, aUser, someDatabases, someSettings, type TestApi, theServer } from './environment.ts'
import { bearer, login, session } from './login-requests.ts'
import { anOperationsDatabase } from './operations-database.ts'

describe('one replica', () => {
  let user: Login
  let api: TestApi
  beforeAll(async () => {
    user = await aUser()
    api = await anApi()
  })
  afterAll(() => api.close())

  test.each([
    ['no database of that name', 'nobody', 401, 'Invalid credentials. (4 attempts remaining)'],
    ['only underscores', '___', 400, 'Invalid characters in username'],
    ['an empty name', '  ', 400, 'Username too short'],
    ['a name with a quote', "a'b", 400, 'Invalid characters in username'],
  ])('a login with %s is refused', async (_what, username, status, detail) => {
    const answer = await login(api, username, 'x')
    expect([answer.statusCode, answer.json()]).toEqual([status, { detail }])
  })

  test('a login without a password is told which field is missing', async () => {
    const answer = await api.app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: 'x' } })
    expect([answer.statusCode, answer.json()]).toEqual([
      422,
      { detail: [{ type: 'missing', loc: ['body', 'password'], msg: 'Field required', input: { username: 'x' } }] },
    ])
  })

  test('the cookie signs in for reading, and for writing only from a page of ours', async () => {
    const { token } = (await login(api, user.username, user.password)).json<{ token: string }>()
    const cookie = `other=1; auth_token=${token}`
    const get = await api.app.inject({ url: '/api/auth/session', headers: { cookie } })
    const post = (headers: Record<string, string>) => api.app.inject({ method: 'POST', url: '/api/auth/logout', headers: { cookie, ...headers } })
    expect(get.statusCode).toBe(200)
    expect((await post({})).statusCode).toBe(403)
    expect((await post({ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:80', host: 'localhost:80' })).statusCode).toBe(403)
    expect((await post({ origin: 'https://evil.example', host: 'finia.example' })).statusCode).toBe(403)
    expect((await post({ origin: 'https://finia.example', host: 'finia.example' })).statusCode).toBe(200)
  })

  test.each([
    ['no header', {}, 'Authentication required. Please sign in.'],
    ['garbage', { authorization: 'Bearer garbage' }, 'Invalid token.'],
    ['a lower-case scheme', { authorization: 'bearer x.y.z' }, 'Invalid token.'],
  ])('%s is 401 before the query is looked at', async (_what, headers, detail) => {
    const answer = await api.app.inject({ url: '/api/accounts/list?page=never', headers })
    expect([answer.statusCode, answer.json()]).toEqual([401, { detail }])
    expect(answer.headers['www-authenticate']).toBe('authorization' in headers ? undefined : 'Bearer')
  })

  test('a bare token without a scheme signs in', async () => {
    const { token } = (await login(api, user.username, user.password)).json<{ token: string }>()
    expect((await api.app.inject({ url: '/api/auth/session', headers: { authorization: token } })).statusCode).toBe(200)
  })

  test('a token of another key ring is invalid', async () => {
    const stranger = await anApi()
    const { token } = (await login(stranger, user.username, user.password)).json<{ token: string }>()
    expect((await session(api, token)).json()).toEqual({ detail: 'Invalid token.' })
    await stranger.close()
  })

  test('a user whose password changed signs in again, and the new password serves', async () => {
    const person = await aUser()
    const { token } = (await login(api, person.username, person.password)).json<{ token: string }>()
    await asAdmin((db) => db.run(raw(`SET PASSWORD FOR '${person.username}'@'%' = PASSWORD('changed')`)))
    const again = (await login(api, person.username, 'changed')).json<{ token: string }>()
    const status = (held: string) => api.app.inject({ url: '/api/setup/migrations/status', headers: bearer(held) })
    const old = await status(token)
    expect([old.statusCode, old.json()]).toEqual([401, { detail: 'Session not found. Please sign in again.' }])
    expect((await status(again.token)).statusCode).toBe(200)
  })
})

test('a database that is down is 503, asks to try again and counts as no failure', async () => {
  const down = { ...theServer(), port: await freePort() }
  const store = memoryStore()
  const dead = await anApi({ databases: someDatabases(down), store })
  const user = await aUser()
  for (let turn = 0; turn < 6; turn++) {
    const answer = await login(dead, user.username, user.password)
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
  }
  const alive = await anApi({ store })
  expect((await login(alive, user.username, 'wrong')).json()).toEqual({ detail: 'Invalid credentials. (4 attempts remaining)' })
  await Promise.all([dead.close(), alive.close()])
})

test('while the operations database is away a session is neither good nor bad: 503', async () => {
  const user = await aUser()
  const ops = await anOperationsDatabase()
  const service = someDatabases()
  const api = await anApi({ store: mysqlStore(service.open(ops)) })
  const { token } = (await login(api, user.username, user.password)).json<{ token: string }>()
  await service.close()
  await sleep(1_000)
  const answer = await session(api, token)
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
  await api.close()
})

test('too many failures from one address lock it, whatever the names; another address goes on', async () => {
  const user = await aUser()
  const settings = { ...someSettings({ auth: { max_login_attempts_per_address: 3 } }), edgeKey: 'key of the edge' }
  const api = await anApi({ settings })
  const from = (address: string, name: string, password = 'wrong', key = 'key of the edge') =>
    login(api, name, password, { 'x-real-ip': address, 'x-finia-edge-key': key })
  for (const name of ['a', 'b', 'c']) expect((await from('192.0.2.7', name)).statusCode).toBe(401)
  expect((await from('192.0.2.7', user.username, user.password)).statusCode).toBe(429)
  expect((await from('192.0.2.8', user.username, user.password)).statusCode).toBe(200)
  expect((await from('192.0.2.7', user.username, user.password, 'not the key')).statusCode).toBe(200)
  await api.close()
})

test('with TLS to the database its own CA is trusted and the machine’s CAs do not vouch for it', async () => {
  const { ca } = inject('mariadb')
  const user = await aUser()
  const trusting = await anApi({ databases: someDatabases({ ...theServer(), tls: 'VerifyCA', ca }) })
  const doubting = await anApi({ databases: someDatabases({ ...theServer(), tls: 'VerifyCA', ca: undefined }) })
  expect((await login(trusting, user.username, user.password)).statusCode).toBe(200)
  expect((await login(doubting, user.username, user.password)).statusCode).toBe(503)
  await Promise.all([trusting.close(), doubting.close()])
})
