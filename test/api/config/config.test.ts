import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../../api/config.ts'

const least = 'database: {}\napi: {}\nauth: {}\n'
const key = (kid: string, bytes = 32) => ({ kty: 'oct', kid, k: Buffer.alloc(bytes, kid).toString('base64url') })
const settingsOf = (text: string, environment = {}) => {
  const configuration = readConfiguration(environment, text)
  if ('problems' in configuration) throw new Error(configuration.problems.join('\n'))
  return configuration.settings
}
const problemsOf = (text: string, environment = {}) => {
  const configuration = readConfiguration(environment, text)
  return 'problems' in configuration ? configuration.problems : []
}

test('empty sections are the defaults of FiniA’s code and our own', () => {
  expect(settingsOf(least)).toEqual({
    api: {
      host: '127.0.0.1',
      port: 8000,
      managementPort: 8001,
      maxReplicas: 1,
      requestsPerMinute: 100,
      trustedProxies: [],
      clientKnown: true,
      bodyLimit: 20_971_520,
      tlsTerminated: false,
      timeZone: 'UTC',
      logLevel: 'info',
      headers: { hstsMaxAge: 31_536_000, hstsIncludeSubdomains: true, xssProtection: true, referrerPolicy: 'no-referrer-when-downgrade' },
      cors: {
        origins: ['http://localhost:8000', 'http://127.0.0.1:8000', 'http://localhost:3000', 'http://127.0.0.1:3000'],
        allowCredentials: true,
        allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
        allowHeaders: ['Content-Type', 'Authorization'],
      },
    },
    database: {
      host: 'localhost',
      port: 3306,
      tls: { mode: 'Disabled', caFile: '' },
      operations: 'finia_ops',
      name: 'FiniA',
      sqlFile: './db/migrations/001_initial_schema.sql',
      initData: './cfg/data.yaml',
      netReadTimeout: 120,
      netWriteTimeout: 120,
      maxExecutionTime: 120_000,
      readFrom: 'Primary',
      replicas: [],
    },
    auth: {
      expirySeconds: 86_400,
      idleSeconds: 3600,
      poolSize: 5,
      poolTotal: 90,
      poolIdleSeconds: 60,
      usernamePrefix: 'finia_',
      databasePrefix: 'finiaDB_',
      maxLoginAttempts: 5,
      maxLoginAttemptsPerAddress: 50,
      windowSeconds: 900,
    },
    setup: { token: '', allowLocalhost: true },
    import: { batchSize: 1000, folder: '' },
    deployment: 'api',
  })
})

test('the file that is shipped has nothing wrong and FiniA’s values', () => {
  const { auth, api } = settingsOf(readFileSync('cfg/config.yaml', 'utf8'))
  expect([auth.poolSize, auth.usernamePrefix, api.host, api.cors.origins]).toEqual([2, '', '0.0.0.0', ['http://localhost:8000', 'http://127.0.0.1:8000']])
})

test('the environment wins over the file', () => {
  const environment = { DB_HOST: 'db', DB_PORT: '3307', API_HOST: '::', API_PORT: '9000', API_RATE_LIMIT: '0', FINIA_SETUP_TOKEN: 'theirs' }
  const { database, api, setup } = settingsOf(`${least}setup: { token: ours }`, environment)
  expect([database.host, database.port, api.host, api.port, api.requestsPerMinute, setup.token]).toEqual(['db', 3307, '::', 9000, 0, 'theirs'])
})

test.each([
  ['database: { ssl: true }', 'VerifyIdentity'],
  ['database: { ssl: false }', 'Disabled'],
  ['database: { ssl: true, ssl_mode: VerifyCA }', 'VerifyCA'],
  ['database: { ssl_mode: Required }', 'Required'],
])('%s means TLS mode %s', (database, mode) => {
  expect(settingsOf(`${database}\napi: {}\nauth: {}`).database.tls.mode).toBe(mode)
})

test('a key ring, an edge key and accounts are taken as given', () => {
  const FINIA_SESSION_KEYS = JSON.stringify({ keys: [key('new'), key('old')] })
  const settings = settingsOf(least, { FINIA_SESSION_KEYS, FINIA_EDGE_KEY: 'e', FINIA_SERVICE_USER: 'app', FINIA_SERVICE_PASSWORD: 'p' })
  expect(settings.keyRing?.map(({ kid }) => kid)).toEqual(['new', 'old'])
  expect(settings).toMatchObject({ edgeKey: 'e', service: { user: 'app', password: 'p' } })
})

test.each([
  ['no sections', '', {}, 'config.yaml holds no sections; it needs at least "database:", "api:" and "auth:".'],
  ['no YAML', 'database: [', {}, 'config.yaml is not YAML'],
  ['a missing section', 'database: {}\napi: {}', {}, 'auth in config.yaml is missing: Field required.'],
  ['a wrong number', `${least}import: { batch_size: many }`, {}, 'import.batch_size in config.yaml is "many": Input should be a valid integer'],
  [
    'an unknown choice',
    'database: { ssl_mode: Sometimes }\napi: {}\nauth: {}',
    {},
    `database.ssl_mode in config.yaml is "Sometimes": Input should be 'Disabled', 'Required', 'VerifyCA' or 'VerifyIdentity'.`,
  ],
  [
    'no time zone',
    'database: {}\napi: { time_zone: Mars/Olympus }\nauth: {}',
    {},
    'api.time_zone in config.yaml is "Mars/Olympus": write the name of a time zone',
  ],
  ['a wrong port in the environment', least, { DB_PORT: '0' }, 'DB_PORT (or database.port in config.yaml) is "0": Input should be greater than or equal to 1.'],
  ['an account without a password', least, { FINIA_SERVICE_USER: 'app' }, 'FINIA_SERVICE_PASSWORD is missing beside FINIA_SERVICE_USER; set both, or neither.'],
  [
    'a password without an account',
    least,
    { FINIA_MIGRATE_PASSWORD: 'p' },
    'FINIA_MIGRATE_USER is missing beside FINIA_MIGRATE_PASSWORD; set both, or neither.',
  ],
  ['a key ring that is no set', least, { FINIA_SESSION_KEYS: 'secret' }, 'FINIA_SESSION_KEYS is no JWK set'],
  ['a short key', least, { FINIA_SESSION_KEYS: JSON.stringify({ keys: [key('a'), key('b', 16)] }) }, 'key 2 is no "oct" key of 256 bits'],
  ['two keys of one name', least, { FINIA_SESSION_KEYS: JSON.stringify({ keys: [key('a'), key('a')] }) }, 'two keys have the same "kid"'],
  ['servers to read from that are none', 'database: { read_from: Replica }\napi: {}\nauth: {}', {}, 'database.read_from in config.yaml is "Replica"'],
  ['a replica without a name', 'database: { replicas: [{ port: 3306 }] }\napi: {}\nauth: {}', {}, 'database.replicas.0.host in config.yaml is missing'],
  [
    'a proxy that is no network',
    'database: {}\napi: { trusted_proxies: [10.0.0.1] }\nauth: {}',
    {},
    'api.trusted_proxies in config.yaml holds "10.0.0.1": write each network as an address and a length',
  ],
  ['a limit of requests that is none', least, { API_RATE_LIMIT: 'many' }, 'API_RATE_LIMIT (or api.requests_per_minute in config.yaml) is "many"'],
  ['a Deployment of no name', least, { FINIA_DEPLOYMENT: 'höme' }, 'FINIA_DEPLOYMENT is "höme": write the name of the Deployment'],
])('%s is told in a sentence', (_what, text, environment, sentence) => {
  expect(problemsOf(text, environment)).toEqual([expect.stringContaining(sentence)])
})

test('what a setting means is told beside what others lack in form, and not of one whose form is wrong', () => {
  const section = (zone: string, proxies: string) => `database: { port: x }\napi: { time_zone: ${zone}, trusted_proxies: ${proxies} }\nauth: {}`
  expect(problemsOf(section('Mars/Olympus', '[10.0.0.1]'))).toEqual([
    expect.stringContaining('database.port'),
    expect.stringContaining('api.time_zone in config.yaml is "Mars/Olympus": write'),
    expect.stringContaining('api.trusted_proxies in config.yaml holds "10.0.0.1"'),
  ])
  expect(problemsOf(section('[1]', 'none'))).toEqual([
    expect.stringContaining('database.port'),
    'api.trusted_proxies in config.yaml is "none": Input should be a valid list.',
    'api.time_zone in config.yaml is [1]: Input should be a valid string.',
  ])
})

test('all problems are told at once, and no secret among them', () => {
  const problems = problemsOf('database: { port: x }\napi: { log_level: loud }\nauth: {}', {
    FINIA_SESSION_KEYS: '{"keys":[{"k":"hush"}]}',
    FINIA_SERVICE_PASSWORD: 'hush',
  })
  expect(problems).toHaveLength(4)
  expect(problems.join()).not.toContain('hush')
})
