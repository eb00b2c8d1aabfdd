import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import sql, { raw } from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import { DatabaseError } from '../../api/db/errors.ts'
import { memoryStore } from '../../api/operations/memory.ts'
import { mysqlStore } from '../../api/operations/mysql.ts'
import { anApi, asAdmin, aUser, someDatabases, type TestApi } from './environment.ts'
import { bearer, login, session } from './login-requests.ts'
import { anOperationsDatabase } from './operations-database.ts'

const tokenOf = async (api: TestApi, username: string, password: string): Promise<string> =>
  (await login(api, username, password)).json<{ token: string }>().token

const change = (api: TestApi, token: string, current: string, wanted: string, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/api/auth/password',
    payload: { current_password: current, new_password: wanted },
    headers: { ...(token && bearer(token)), ...headers },
  })

const accountsOf = (api: TestApi, token: string) => api.app.inject({ url: '/api/setup/migrations/status', headers: bearer(token) })

describe('two replicas that share an operations database', () => {
  let one: TestApi
  let other: TestApi
  let close: () => Promise<void>

  beforeAll(async () => {
    const ops = await anOperationsDatabase()
    const key = randomBytes(32)
    const service = someDatabases()
    one = await anApi({ key, store: mysqlStore(service.open(ops)) })
    other = await anApi({ key, store: mysqlStore(service.open(ops)) })
    close = async () => {
      await Promise.all([one, other, service].map((part) => part.close()))
    }
  })
  afterAll(() => close())

  test('a changed password opens the account, the old one does not, and only the session that changed it goes on', async () => {
    const [user, bystander] = [await aUser(), await aUser()]
    const mine = await tokenOf(one, user.username, user.password)
    const elsewhere = await tokenOf(other, user.username, user.password)
    const foreign = await tokenOf(other, bystander.username, bystander.password)
    // the connection to the database stays open, with the old password
    expect((await accountsOf(other, elsewhere)).statusCode).toBe(200)
    const wanted = 'a new "pass\\word\' of 😀 Ähren'
    const answer = await change(one, mine, user.password, wanted)
    expect(answer.statusCode).toBe(200)
    const { token, ...rest } = answer.json<{ token: string }>()
    expect(rest).toEqual({ message: 'The password is changed; other sessions have ended.', expires_in: 86_400 })
    expect(answer.headers['set-cookie']).toBe(`auth_token=${token}; HttpOnly; Max-Age=86400; Path=/; SameSite=strict`)
    await sleep(1_000)
    for (const api of [one, other]) {
      expect((await session(api, mine)).statusCode).toBe(401)
      expect((await session(api, elsewhere)).statusCode).toBe(401)
      expect((await accountsOf(api, token)).statusCode).toBe(200)
      expect((await session(api, foreign)).statusCode).toBe(200)
      expect((await login(api, user.username, user.password)).statusCode).toBe(401)
      expect((await login(api, user.username, wanted)).statusCode).toBe(200)
    }
  })

  test('wrong current passwords count as failed logins, over all replicas, and lock both', async () => {
    const user = await aUser()
    const token = await tokenOf(one, user.username, user.password)
    const answers = []
    for (const api of [one, other, one, other]) answers.push(await change(api, token, 'wrong', 'another password'))
    answers.push(await login(one, user.username, 'wrong'))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 401])
    expect(answers[0]?.json()).toEqual({ detail: 'The current password is wrong. (4 attempts remaining)' })
    const locked = await change(other, token, user.password, 'another password')
    expect(locked.statusCode).toBe(429)
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(880)
    expect((await login(other, user.username, user.password)).statusCode).toBe(429)
    expect((await session(one, token)).statusCode).toBe(200)
  })

  test('of two changes at once by two replicas one password is left, and it opens the account', async () => {
    const user = await aUser()
    const tokens = [await tokenOf(one, user.username, user.password), await tokenOf(other, user.username, user.password)]
    const wishes = ['the first new password', 'the second new password'] as const
    const answers = await Promise.all([change(one, tokens[0] ?? '', user.password, wishes[0]), change(other, tokens[1] ?? '', user.password, wishes[1])])
    const statuses = answers.map(({ statusCode }) => statusCode)
    expect(statuses).toContain(200)
    expect([200, 401, 403, 409]).toEqual(expect.arrayContaining(statuses))
    const works = await Promise.all(wishes.map(async (wish) => (await login(one, user.username, wish)).statusCode === 200))
    expect(works.filter(Boolean)).toHaveLength(1)
  })
})

describe('one API', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await anApi()
  })
  afterAll(() => api.close())

  test('a new password that breaks a rule is refused with a sentence before anything is asked, and counts for nothing', async () => {
    const user = await aUser()
    const token = await tokenOf(api, user.username, user.password)
    for (let turn = 0; turn < 6; turn++) {
      const answer = await change(api, token, 'wrong', 'short')
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toEqual({ detail: 'The new password has 5 characters; choose one of at least 12.' })
    }
    expect((await login(api, user.username, user.password)).statusCode).toBe(200)
  })

  test('who is not signed in, or whose browser was sent by another site, changes nothing', async () => {
    const user = await aUser()
    const token = await tokenOf(api, user.username, user.password)
    expect((await change(api, '', user.password, 'another password')).statusCode).toBe(401)
    const forged = await change(api, '', user.password, 'another password', { cookie: `auth_token=${token}`, 'sec-fetch-site': 'cross-site' })
    expect(forged.statusCode).toBe(403)
    expect((await login(api, user.username, user.password)).statusCode).toBe(200)
  })

  test('whatever text is a password opens the account afterwards', async () => {
    const user = await aUser()
    let current = user.password
    let token = await tokenOf(api, user.username, current)
    const text = fc.string({ unit: 'grapheme', minLength: 12, maxLength: 30 }).filter((one) => !/\p{Cc}/u.test(one))
    await fc.assert(
      fc.asyncProperty(text, async (wanted) => {
        const answer = await change(api, token, current, wanted)
        expect(answer.statusCode).toBe(200)
        token = answer.json<{ token: string }>().token
        current = wanted
        expect((await login(api, user.username, wanted)).statusCode).toBe(200)
      }),
      { numRuns: 25 },
    )
  })

  test('the binary log holds no password that was set', async () => {
    const user = await aUser()
    const token = await tokenOf(api, user.username, user.password)
    expect((await change(api, token, user.password, 'to be found nowhere')).statusCode).toBe(200)
    const texts = await asAdmin(async (db) => {
      const status = await db.first<{ File: string }>(sql`SHOW MASTER STATUS`)
      const events = await db.all<{ Info: string }>(raw(`SHOW BINLOG EVENTS IN '${status?.File}'`))
      return events.map(({ Info }) => Info)
    })
    expect(texts.some((text) => /PASSWORD|IDENTIFIED/i.test(text) && text.includes(user.username))).toBe(true)
    expect(texts.filter((text) => text.includes('to be found nowhere'))).toEqual([])
  })
})

test('while the operations database is away after the change, the answer says that it is changed', async () => {
  const user: Login = await aUser()
  const away = async () => {
    throw new DatabaseError('unavailable', 0, '', 'gone')
  }
  const api = await anApi({ store: { ...memoryStore(), revokeOthers: away } })
  try {
    const token = await tokenOf(api, user.username, user.password)
    const answer = await change(api, token, user.password, 'another password')
    expect(answer.statusCode).toBe(503)
    expect(answer.json<{ detail: string }>().detail).toContain('Your password is changed, but your sessions could not be renewed')
    expect((await login(api, user.username, 'another password')).statusCode).toBe(200)
  } finally {
    await api.close()
  }
})
