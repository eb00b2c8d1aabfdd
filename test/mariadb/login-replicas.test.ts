import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import { mysqlStore } from '../../api/operations/mysql.ts'
import type { OperationsStore } from '../../api/operations/store.ts'
import { anApi, aUser, someDatabases, someSettings, type TestApi } from './environment.ts'
import { bearer, login, session } from './login-requests.ts'
import { anOperationsDatabase } from './operations-database.ts'

describe('two replicas that share an operations database', () => {
  let user: Login
  let one: TestApi
  let other: TestApi
  /** The same two with a limit for addresses that is reached. */
  let strictOne: TestApi
  let strictOther: TestApi
  let close: () => Promise<void>

  beforeAll(async () => {
    user = await aUser()
    const ops = await anOperationsDatabase()
    const key = randomBytes(32)
    const service = someDatabases()
    const store = (): OperationsStore => mysqlStore(service.open(ops))
    one = await anApi({ key, store: store() })
    other = await anApi({ key, store: store() })
    const settings = { ...someSettings({ auth: { max_login_attempts_per_address: 10 } }), edgeKey: 'key of the edge' }
    strictOne = await anApi({ key, settings, store: store() })
    strictOther = await anApi({ key, settings, store: store() })
    close = async () => {
      await Promise.all([one, other, strictOne, strictOther, service].map((part) => part.close()))
    }
  })
  afterAll(() => close())

  test('a session that one opened is good at the other, and its token tells nothing', async () => {
    const answer = await login(one, ` ${user.username} `, user.password)
    expect(answer.statusCode).toBe(200)
    const { token, ...rest } = answer.json<{ token: string }>()
    expect(rest).toEqual({ username: user.username, database: user.database, expires_in: 86_400 })
    expect(answer.headers['set-cookie']).toBe(`auth_token=${token}; HttpOnly; Max-Age=86400; Path=/; SameSite=strict`)
    for (const part of token.split('.')) expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain(user.password)
    const facts = await session(other, token)
    expect(facts.statusCode).toBe(200)
    expect(facts.json()).toMatchObject({ username: user.username, database: user.database, timeout_seconds: 3600 })
    expect(facts.json<{ created_at: string }>().created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/)
  })

  test('a logout at one is known to the other within a second', async () => {
    const { token } = (await login(one, user.username, user.password)).json<{ token: string }>()
    expect((await session(other, token)).statusCode).toBe(200)
    const out = await one.app.inject({ method: 'POST', url: '/api/auth/logout', headers: bearer(token) })
    expect(out.json()).toEqual({ message: 'Signed out successfully' })
    expect(out.headers['set-cookie']).toContain('Max-Age=0')
    expect((await session(one, token)).json()).toEqual({ detail: 'Session not found.' })
    await sleep(1_000)
    expect((await session(other, token)).statusCode).toBe(401)
    expect((await other.app.inject({ url: '/api/accounts/list', headers: bearer(token) })).json()).toEqual({
      detail: 'Session not found. Please sign in again.',
    })
  })

  test('five failures spread over both lock the account, also for the right password', async () => {
    const victim = await aUser()
    const answers = []
    for (const api of [one, other, one, other, one]) answers.push(await login(api, victim.username, 'wrong'))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401])
    expect(answers.map((answer) => answer.json<{ detail: string }>().detail)).toEqual([
      'Invalid credentials. (4 attempts remaining)',
      'Invalid credentials. (3 attempts remaining)',
      'Invalid credentials. (2 attempts remaining)',
      'Invalid credentials. (1 attempts remaining)',
      'Invalid credentials.',
    ])
    const locked = await login(other, victim.username, victim.password)
    expect(locked.statusCode).toBe(429)
    const seconds = Number(locked.headers['retry-after'])
    expect(seconds).toBeGreaterThan(880)
    expect(seconds).toBeLessThanOrEqual(900)
    expect(locked.json()).toEqual({ detail: `Too many login attempts. Please wait ${seconds} seconds and try again.` })
  })

  test('a hundred wrong attempts at once at one replica get five answers of the database', async () => {
    const victim = await aUser()
    const answers = await Promise.all(Array.from({ length: 100 }, () => login(one, victim.username, 'wrong')))
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5)
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(95)
  })

  const from = (address: string) => ({ 'x-real-ip': address, 'x-finia-edge-key': 'key of the edge' })
  /** At both replicas in turn, all at the same time; how many answers of each status. */
  const allAtOnce = async (logins: readonly { username: string; password: string }[], address: string) => {
    const answers = await Promise.all(
      logins.map(({ username, password }, turn) => login(turn % 2 === 0 ? strictOne : strictOther, username, password, from(address))),
    )
    return Object.fromEntries(
      Map.groupBy(answers, ({ statusCode }) => statusCode)
        .entries()
        .map(([status, some]) => [status, some.length]),
    )
  }

  test('wrong attempts at both at the same time are no more than the limits, under one name or many', async () => {
    const { username } = await aUser()
    const wrong = (count: number, name: (turn: number) => string) => Array.from({ length: count }, (_, turn) => ({ username: name(turn), password: 'wrong' }))
    expect(
      await allAtOnce(
        wrong(30, () => username),
        '192.0.2.1',
      ),
    ).toEqual({ 401: 5, 429: 25 })
    expect(
      await allAtOnce(
        wrong(40, (turn) => `nobody${turn}`),
        '192.0.2.2',
      ),
    ).toEqual({ 401: 10, 429: 30 })
  })

  test('more people than the limit sign in from one address at the same time, and all of them get in', async () => {
    const people = await Promise.all(Array.from({ length: 25 }, aUser))
    expect(await allAtOnce(people, '192.0.2.3')).toEqual({ 200: 25 })
  })

  test('a success clears the failures of its account', async () => {
    const person = await aUser()
    for (let turn = 0; turn < 4; turn++) await login(one, person.username, 'wrong')
    expect((await login(other, person.username, person.password)).statusCode).toBe(200)
    expect((await login(one, person.username, 'wrong')).json()).toEqual({ detail: 'Invalid credentials. (4 attempts remaining)' })
  })
})
