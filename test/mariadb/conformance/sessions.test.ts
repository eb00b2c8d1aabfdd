import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Login } from '../../../api/db/databases.ts'
import { systemClock } from '../../../api/system.ts'
import { anApi, aUser, someSettings, type TestApi } from '../environment.ts'
import { bearer, login, session } from '../login-requests.ts'

let user: Login
let api: TestApi
let now: number
/** A clock that the test turns; whoever sleeps by it sleeps for real. */
const clock = { ...systemClock, now: () => new Date(now) }
const start = async (changes: Parameters<typeof someSettings>[0] = {}) => anApi({ clock, settings: someSettings(changes) })
beforeEach(async () => {
  now = Date.now()
  user = await aUser()
  api = await start()
})
afterEach(() => api.close())

const signIn = async (from = api): Promise<string> => (await login(from, user.username, user.password)).json<{ token: string }>().token
const logout = (token: string) => api.app.inject({ method: 'POST', url: '/api/auth/logout', headers: bearer(token) })
const told = ({ statusCode, json }: Awaited<ReturnType<typeof session>>) => [statusCode, json<unknown>()]
const list = (token: string) => api.app.inject({ url: '/api/accounts/list', headers: bearer(token) })
const expired = 'Session expired. Please sign in again.'

describe('a login', () => {
  test('answers a token, the name without the blanks around it, the database and the seconds; the cookie is the token', async () => {
    const answer = await login(api, `  ${user.username} `, user.password)
    const { token } = answer.json<{ token: string }>()
    expect(told(answer)).toEqual([200, { token: expect.any(String) as string, username: user.username, database: user.database, expires_in: 86_400 }])
    expect(answer.headers['set-cookie']).toBe(`auth_token=${token}; HttpOnly; Max-Age=86400; Path=/; SameSite=strict`)
  })

  test('behind TLS the cookie is for TLS only', async () => {
    const secure = await start({ api: { tls_terminated: true }, auth: { jwt_expiry_hours: 2 } })
    const answer = await login(secure, user.username, user.password)
    expect([answer.json<{ expires_in: number }>().expires_in, answer.headers['set-cookie']]).toEqual([
      7_200,
      expect.stringMatching(/; Max-Age=7200; .*; Secure$/),
    ])
    await secure.close()
  })

  test.each([
    [{}, 'username'],
    [{ username: 'x' }, 'password'],
  ])('of %j lacks the %s', async (payload, field) => {
    const answer = await api.app.inject({ method: 'POST', url: '/api/auth/login', payload })
    expect(told(answer)).toEqual([
      422,
      { detail: expect.arrayContaining([{ type: 'missing', loc: ['body', field], msg: 'Field required', input: payload }]) as unknown },
    ])
  })

  test.each([
    ['', '', 'Username too short'],
    ['_', '', 'Invalid characters in username'],
    ['a-b', '', 'Invalid characters in username'],
    ['a`b', '', 'Invalid characters in username'],
    ['a\r\nSet-Cookie: b=c', '', 'Invalid characters in username'],
    ['𝒳y', '', 'Invalid characters in username'],
    ['alice', 'finia_', "Username must start with 'finia_'"],
    ['finia_', 'finia_', 'Username too short'],
  ])('of %j with the prefix "%s" is 400, and counts as a failed one', async (name, prefix, detail) => {
    const prefixed = await start({ auth: { username_prefix: prefix } })
    for (let turn = 0; turn < 5; turn++) expect(told(await login(prefixed, name, 'x'))).toEqual([400, { detail }])
    expect((await login(prefixed, name, 'x')).statusCode).toBe(429)
    await prefixed.close()
  })

  test('with letters of any language is a login like any other', async () => {
    expect(told(await login(api, 'Jürgen_日本', 'x'))).toEqual([401, { detail: 'Invalid credentials. (4 attempts remaining)' }])
  })

  test.each([
    ['a number as name', { username: 5, password: 'x' }],
    ['an object as password', { username: 'x', password: {} }],
    ['a list', [1]],
  ])('with %s is 422', async (_what, payload) => {
    expect((await api.app.inject({ method: 'POST', url: '/api/auth/login', payload })).statusCode).toBe(422)
  })
})

describe('five failures', () => {
  test('count down to nothing, lock for as long as the oldest is in the window, and refuse the right password, too', async () => {
    const details = []
    for (let turn = 0; turn < 5; turn++) {
      details.push(told(await login(api, user.username, 'wrong')))
      now += 1_000
    }
    expect(details).toEqual([4, 3, 2, 1, 0].map((left) => [401, { detail: `Invalid credentials.${left ? ` (${left} attempts remaining)` : ''}` }]))
    const locked = await login(api, user.username, user.password)
    expect([...told(locked), locked.headers['retry-after']]).toEqual([
      429,
      { detail: 'Too many login attempts. Please wait 895 seconds and try again.' },
      '895',
    ])
    now += 894_000
    expect((await login(api, user.username, user.password)).headers['retry-after']).toBe('1')
    now += 1_001
    expect(told(await login(api, user.username, 'wrong'))).toEqual([401, { detail: 'Invalid credentials.' }])
  })

  test('are counted by the name as it was typed, and forgotten after a success', async () => {
    for (let turn = 0; turn < 4; turn++) await login(api, user.username, 'wrong')
    expect((await login(api, user.username.toUpperCase(), 'wrong')).json()).toEqual({ detail: 'Invalid credentials. (4 attempts remaining)' })
    expect((await login(api, user.username, user.password)).statusCode).toBe(200)
    expect((await login(api, ` ${user.username}`, 'wrong')).json()).toEqual({ detail: 'Invalid credentials. (4 attempts remaining)' })
  })

  test('do not end the sessions that there are', async () => {
    const token = await signIn()
    for (let turn = 0; turn < 6; turn++) await login(api, user.username, 'wrong')
    expect((await session(api, token)).statusCode).toBe(200)
  })
})

describe('a session', () => {
  test('tells whose it is, since when, and for how long it may rest', async () => {
    const token = await signIn()
    const local = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/) as string
    expect(told(await session(api, token))).toEqual([
      200,
      { username: user.username, database: user.database, created_at: local, last_activity: local, timeout_seconds: 3_600 },
    ])
  })

  test('is one of several that live side by side, each until its own logout', async () => {
    const [one, other] = [await signIn(), await signIn()]
    const answer = await logout(one)
    expect([...told(answer), answer.headers['set-cookie']]).toEqual([
      200,
      { message: 'Signed out successfully' },
      expect.stringMatching(/^auth_token=; .*Max-Age=0; Path=\//),
    ])
    await sleep(1_100)
    expect(told(await logout(one))).toEqual([401, { detail: 'Session not found.' }])
    expect(told(await session(api, one))).toEqual([401, { detail: 'Session not found.' }])
    expect(told(await list(one))).toEqual([401, { detail: 'Session not found. Please sign in again.' }])
    expect((await session(api, other)).statusCode).toBe(200)
  })

  test('ends when nobody has used it for its time; whoever asks for it uses it', async () => {
    const token = await signIn()
    for (let turn = 0; turn < 3; turn++) {
      now += 3_500_000
      expect((await session(api, token)).statusCode).toBe(200)
    }
    now += 3_700_000
    for (const answer of [await session(api, token), await list(token)]) expect(told(answer)).toEqual([401, { detail: expired }])
  })

  test('ends with its token, however often it is used', async () => {
    const token = await signIn()
    for (let turn = 0; turn < 24; turn++) {
      now += 3_599_000
      expect((await session(api, token)).statusCode).toBe(200)
    }
    now += 60_000
    expect(told(await session(api, token))).toEqual([401, { detail: 'Token expired.' }])
    expect(told(await list(token))).toEqual([401, { detail: 'Token expired. Please sign in again.' }])
  })

  test.each([
    ['Bearer ', (token: string) => token, 200],
    ['', (token: string) => token, 200],
    ['bearer ', (token: string) => token, 401],
    ['Bearer  ', (token: string) => token, 401],
    ['Basic ', (token: string) => token, 401],
    ['Bearer ', () => 'eyJhbGciOiJub25lIn0.e30.', 401],
    ['Bearer ', () => '', 401],
    ['Bearer ', (token: string) => `${token.slice(0, -2)}AA`, 401],
    ['Bearer ', (token: string) => token.repeat(20), 401],
  ])('is asked for by "%s" and a token (%#)', async (scheme, ofToken, status) => {
    const token = await signIn()
    expect((await api.app.inject({ url: '/api/auth/session', headers: { authorization: `${scheme}${ofToken(token)}` } })).statusCode).toBe(status)
  })

  test('is asked for by the header before the cookie', async () => {
    const cookie = `auth_token=${await signIn()}`
    expect((await api.app.inject({ url: '/api/auth/session', headers: { cookie } })).statusCode).toBe(200)
    expect((await api.app.inject({ url: '/api/auth/session', headers: { cookie, authorization: 'Bearer garbage' } })).statusCode).toBe(401)
    const forged = { cookie, origin: 'https://evil.example', host: 'finia.example' }
    expect((await api.app.inject({ method: 'DELETE', url: '/api/categories/1', headers: forged })).statusCode).toBe(403)
  })
})
