import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { expect, test } from 'vitest'
import { buildApp } from '../../../api/app.ts'
import { memoryStore } from '../../../api/operations/memory.ts'
import { operationsOn } from '../../../api/operations/operations.ts'
import type { OperationsStore } from '../../../api/operations/store.ts'
import { depsWith } from './an-app.ts'

const limited = (api: object = {}) => buildApp(depsWith({ requests_per_minute: 3, ...api }))
const statuses = async (count: number, ask: (turn: number) => Promise<LightMyRequestResponse>) => {
  const found: number[] = []
  for (let turn = 0; turn < count; turn++) found.push((await ask(turn)).statusCode)
  return found
}
const from = (app: FastifyInstance, remoteAddress: string, url = '/api/accounts/list', headers: Record<string, string> = {}) =>
  app.inject({ url, remoteAddress, headers })

test('a client that has sent as many requests as it may is told in a sentence when to come back, with all headers that answers have', async () => {
  const app = await limited({ cors: { origins: ['https://app.example.com'] } })
  expect(await statuses(3, () => from(app, '192.0.2.1'))).toEqual([401, 401, 401])
  const refused = await from(app, '192.0.2.1', '/api/accounts/list', { origin: 'https://app.example.com' })
  const seconds = Number(refused.headers['retry-after'])
  expect(seconds).toBeGreaterThan(55)
  expect(seconds).toBeLessThanOrEqual(62)
  expect([refused.statusCode, refused.json()]).toEqual([
    429,
    { detail: `Too many requests: 3 a minute are allowed. Please wait ${seconds} seconds and try again.` },
  ])
  expect(refused.headers).toMatchObject({
    'access-control-allow-origin': 'https://app.example.com',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'") as string,
  })
  expect(await statuses(2, () => from(app, '192.0.2.2'))).toEqual([401, 401])
})

test('files of the page and addresses that do not exist count, the question whether we are well does not', async () => {
  const app = await limited()
  const urls = ['/nowhere', '/assets/none.js', '/api/nothing']
  expect(await statuses(4, (turn) => from(app, '192.0.2.1', urls[turn] ?? '/'))).toEqual([404, 404, 404, 429])
  for (const url of ['/api/health', '/api/health/']) expect(await statuses(5, () => from(app, '192.0.2.1', url))).toEqual([200, 200, 200, 200, 200])
})

test('0 limits nobody', async () => {
  const app = await limited({ requests_per_minute: 0 })
  expect(new Set(await statuses(200, () => from(app, '192.0.2.1')))).toEqual(new Set([401]))
})

test('neighbours in an IPv6 network are one client', async () => {
  const app = await limited()
  expect(await statuses(4, (turn) => from(app, `2001:db8::${turn + 1}`))).toEqual([401, 401, 401, 429])
})

test('nobody passes by naming another address, but for whom a trusted proxy names', async () => {
  const forged = (turn: number) => ({ 'x-forwarded-for': `198.51.100.${turn}`, 'x-real-ip': `198.51.100.${turn}`, 'x-finia-edge-key': 'guess' })
  const app = await limited()
  expect(await statuses(4, (turn) => from(app, '192.0.2.1', '/nowhere', forged(turn)))).toEqual([404, 404, 404, 429])
  const behind = await limited({ trusted_proxies: ['192.0.2.0/24'] })
  expect(await statuses(4, (turn) => from(behind, '192.0.2.1', '/nowhere', forged(turn)))).toEqual([404, 404, 404, 404])
  expect(await statuses(4, (turn) => from(behind, '192.0.2.1', '/nowhere', { 'x-forwarded-for': `10.0.0.${turn}, 203.0.113.9` }))).toEqual([404, 404, 404, 429])
})

/** Fails whoever asks the operations database for a session. */
const unasked = (): OperationsStore => ({ ...memoryStore(), findSession: () => Promise.reject(new Error('asked')) })
const claims = { sessionId: 's', username: 'u', database: 'd', password: 'p' }

test('a request that is refused was looked up nowhere', async () => {
  const deps = depsWith({ requests_per_minute: 1 })
  const app = await buildApp({ ...deps, operations: operationsOn(unasked(), deps.clock, deps.log, deps.settings.auth) })
  const headers = { authorization: `Bearer ${await deps.tokens.seal(claims, new Date(), 60)}` }
  expect(await statuses(3, () => from(app, '192.0.2.1', '/api/accounts/list', headers))).toEqual([500, 429, 429])
})

test('where the client is not known each session is counted, and each account that somebody signs in to', async () => {
  const deps = depsWith({ requests_per_minute: 2, client_known: false })
  const app = await buildApp(deps)
  const tokenOf = (sessionId: string) => deps.tokens.seal({ ...claims, sessionId }, new Date(), 60)
  const [one, other] = [await tokenOf('one'), await tokenOf('other')]
  const asking = (token: string) => from(app, '192.0.2.1', '/api/accounts/list', { authorization: `Bearer ${token}` })
  expect(await statuses(3, () => asking(one))).toEqual([401, 401, 429])
  // the same session, whichever way its token comes
  expect((await from(app, '192.0.2.1', '/api/accounts/list', { cookie: `auth_token=${one}` })).statusCode).toBe(429)
  expect(await statuses(3, () => asking(other))).toEqual([401, 401, 429])
  const login = (username: string) => app.inject({ method: 'POST', url: '/api/auth/login', payload: { username, password: 'p' } })
  const outcomes = await statuses(3, () => login('alice'))
  expect(outcomes[2]).toBe(429)
  expect(outcomes.slice(0, 2)).not.toContain(429)
  expect((await login(' alice ')).statusCode).toBe(429)
  expect((await login('bob')).statusCode).not.toBe(429)
  // what opens nothing is refused for what it is
  expect(await statuses(5, () => asking('rubbish'))).toEqual([401, 401, 401, 401, 401])
})
