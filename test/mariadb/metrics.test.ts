import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import type { Log } from '../../api/deps.ts'
import { samplesOf } from '../api/metrics/exposition.ts'
import { anApi, aUser, someSettings, type TestApi } from './environment.ts'
import { aBankDatabase, ask, importCsv } from './import-form.ts'
import { bearer, login } from './login-requests.ts'

interface Line {
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}
const lines: Line[] = []
const at = (level: string) => (fields: object, message: string) => void lines.push({ ...fields, level, message })
const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }

let api: TestApi
let user: Login
beforeAll(async () => {
  api = await anApi({ log, settings: someSettings({ auth: { max_login_attempts: 2 } }) })
  user = await aUser()
})
afterAll(() => api.close())

test('the audit tells of logins that fail, lock and succeed, names who is known, and calls the same account the same', async () => {
  lines.length = 0
  const other = await aUser()
  const stranger = `${user.username}x`
  await login(api, other.username, 'wrong')
  const token = (await login(api, other.username, other.password)).json<{ token: string }>().token
  await api.app.inject({ method: 'POST', url: '/api/auth/logout', headers: bearer(token) })
  for (let attempt = 0; attempt < 3; attempt++) await login(api, stranger, 'wrong')
  const audit = lines.filter((line) => line['audit'] === true)
  expect(audit.map(({ level, message, username, result, attemptsLeft }) => [level, message, username, result, attemptsLeft])).toEqual([
    ['warn', 'login failed', undefined, 'wrong', 1],
    ['info', 'login succeeded', other.username, undefined, undefined],
    ['info', 'logged out', other.username, undefined, undefined],
    ['warn', 'login failed', undefined, 'wrong', 1],
    ['warn', 'login failed', undefined, 'wrong', 0],
    ['warn', 'account locked', undefined, 'wrong', 0],
    ['warn', 'login refused after too many failures', undefined, 'locked', undefined],
  ])
  const [accounts, sessions] = [audit.map(({ account }) => account), audit.flatMap(({ session }) => session ?? [])]
  expect(accounts).toEqual([...Array.from({ length: 3 }, () => accounts[0]), ...Array.from({ length: 4 }, () => accounts[3])])
  expect(accounts[0]).toMatch(/^[0-9a-f]{16}$/)
  expect(accounts[0]).not.toBe(accounts[3])
  expect(sessions).toEqual([sessions[0], sessions[0]])
  expect(audit.every(({ address, requestId }) => address === '127.0.0.1' && typeof requestId === 'string')).toBe(true)
  expect(JSON.stringify(audit)).not.toContain(stranger)
  expect(JSON.stringify(audit)).not.toContain(token)
  expect(samplesOf((await api.deps.metrics.exposition()).text)).toMatchObject({
    'finia_api_logins_total{result="success"}': 1,
    'finia_api_logins_total{result="wrong"}': 3,
    'finia_api_logins_total{result="locked"}': 1,
  })
})

test('the audit tells of a password that was changed, and of one that was not', async () => {
  lines.length = 0
  const other = await aUser()
  const change = async (current: string, wanted: string) => {
    const token = (await login(api, other.username, other.password)).json<{ token: string }>().token
    const payload = { current_password: current, new_password: wanted }
    return (await api.app.inject({ method: 'POST', url: '/api/auth/password', headers: bearer(token), payload })).statusCode
  }
  expect(await change('wrong', `${other.password}-new`)).toBe(403)
  expect(await change(other.password, `${other.password}-new`)).toBe(200)
  const told = lines.filter(({ message }) => message.includes('password'))
  expect(told.map(({ message, username, status }) => [message, username, status])).toEqual([
    ['change of password refused', other.username, 403],
    ['password changed', other.username, undefined],
  ])
  expect(JSON.stringify(lines)).not.toContain(other.password)
})

test('two replicas with the same key call an account the same, and one with another key does not', async () => {
  lines.length = 0
  const [same, foreign] = [await anApi({ log, key: api.key }), await anApi({ log })]
  for (const replica of [api, same, foreign]) await login(replica, `${user.username}y`, 'wrong')
  const [first, second, third] = lines.filter((line) => line['audit'] === true).map(({ account }) => account)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
  await Promise.all([same.close(), foreign.close()])
})

test('a request tells its statements alike in its header, its log line and the metrics, and an import its rows', async () => {
  lines.length = 0
  const database = await aBankDatabase({ log })
  const header = 'Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n'
  await importCsv(database, `${header}01.01.2024;-1,50;Brot;DE77;ABCDEF;Bäcker\n02.01.2024;-2,00;Saft;DE77;ABCDEF;Bäcker\n`, 'csv-cb', 1)
  lines.length = 0
  const answer = await database.inject({ method: 'GET', url: '/api/planning/cycles' })
  const [, app, db, statements] = /^app;dur=([\d.]+), db;dur=([\d.]+);desc="(\d+) statements?"$/.exec(String(answer.headers['server-timing'])) ?? []
  expect(Number(statements)).toBe(1)
  expect(Number(db)).toBeGreaterThan(0)
  expect(Number(app)).toBeGreaterThanOrEqual(Number(db))
  const [line] = lines
  expect(line).toMatchObject({ message: 'request answered', route: '/api/planning/cycles', status: 200, statements: 1, databaseMilliseconds: Number(db) })
  const samples = samplesOf((await database.metrics.exposition()).text)
  expect(samples).toMatchObject({
    'finia_api_database_statements_sum{operation="fetch planning cycles"}': 1,
    'finia_api_import_rows_total{kind="statement"}': 2,
    'finia_api_import_duration_seconds_count{kind="statement"}': 1,
  })
  expect(samples['finia_api_database_connections{pool="users",state="idle"}']).toBeGreaterThan(0)
  // a beginning, an end, and what is read and stored between them
  expect(samples['finia_api_database_statements_sum{operation="import transactions"}']).toBeGreaterThan(4)
  expect((await ask(database, 'GET', '/api/planning/cycles')).status).toBe(200)
  await database.close()
})
