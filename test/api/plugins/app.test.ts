import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildManagement } from '../../../api/plugins/management.ts'
import { anApp, depsWith, file, lines, multipart } from './an-app.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = await anApp({ body_limit: 2000 })
})
afterAll(() => app.close())

describe('routing', () => {
  test('health is answered as documented, with and without a slash', async () => {
    for (const url of ['/api/health', '/api/health/'])
      expect((await app.inject(url)).json()).toEqual({ status: 'healthy', service: 'FiniA API', version: '9.9.9' })
  })

  test.each([
    ['GET', '/api/nothing', 404, 'Not Found'],
    ['HEAD', '/api/health', 404, undefined],
    ['POST', '/api/nothing', 405, 'Method Not Allowed'],
    ['POST', '/api/health', 405, 'Method Not Allowed'],
    ['DELETE', '/api/auth/login', 405, 'Method Not Allowed'],
    ['GET', '/api/auth/login', 404, 'Not Found'],
    ['GET', '/api/%zz', 400, 'The address cannot be decoded; write a percent sign as %25.'],
  ] as const)('%s %s is %d', async (method, url, status, detail) => {
    const answer = await app.inject({ method, url })
    expect(answer.statusCode).toBe(status)
    if (detail) expect(answer.json()).toEqual({ detail })
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })
})

describe('headers', () => {
  test('every answer has them, and nothing in the page may be inline', async () => {
    const { headers } = await app.inject('/api/nothing')
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer-when-downgrade',
      'x-xss-protection': '1; mode=block',
      vary: 'Origin',
    })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers).not.toHaveProperty('strict-transport-security')
  })

  test('behind TLS HSTS is sent; what is switched off is not', async () => {
    const secure = await anApp({ tls_terminated: true, headers: { hsts_max_age: 60, x_xss_protection: false } })
    const { headers } = await secure.inject('/api/health')
    expect(headers['strict-transport-security']).toBe('max-age=60; includeSubDomains')
    expect(headers).not.toHaveProperty('x-xss-protection')
    await secure.close()
  })

  test('a harmless request id is kept, another is replaced', async () => {
    expect((await app.inject({ url: '/api/health', headers: { 'x-request-id': 'abcdefgh-1' } })).headers['x-request-id']).toBe('abcdefgh-1')
    expect((await app.inject({ url: '/api/health', headers: { 'x-request-id': '"><script>' } })).headers['x-request-id']).toMatch(/^[\w-]{16}$/)
  })

  test('a process that is about to end asks clients to leave', async () => {
    const stopping = new AbortController()
    const ending = await anApp({}, stopping.signal)
    const connection = async () => (await ending.inject('/api/health')).headers.connection
    expect(await connection()).toBe('keep-alive')
    stopping.abort()
    expect(await connection()).toBe('close')
    await ending.close()
  })
})

describe('other origins', () => {
  const preflight = (origin: string, method = 'PUT') =>
    app.inject({
      method: 'OPTIONS',
      url: '/api/accounts/1',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'content-type' },
    })

  test('a named one may ask and call, with credentials', async () => {
    const answer = await preflight('http://localhost:8000')
    expect([answer.statusCode, answer.body]).toEqual([200, 'OK'])
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:8000',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE',
      'access-control-allow-headers': 'Content-Type, Authorization',
      'access-control-max-age': '600',
    })
    const call = await app.inject({ url: '/api/health', headers: { origin: 'http://localhost:8000' } })
    expect(call.headers['access-control-allow-origin']).toBe('http://localhost:8000')
  })

  test('another one may not', async () => {
    const answer = await preflight('https://evil.example')
    expect([answer.statusCode, answer.body]).toEqual([400, 'Disallowed CORS origin'])
    expect((await app.inject({ url: '/api/health', headers: { origin: 'https://evil.example' } })).headers).not.toHaveProperty('access-control-allow-origin')
    expect([(await preflight('http://localhost:8000', 'PATCH')).body]).toEqual(['Disallowed CORS method'])
  })
})

describe('bodies', () => {
  const json = (payload: string, type = 'application/json') => app.inject({ method: 'POST', url: '/echo/json', headers: { 'content-type': type }, payload })

  test('an empty one announced as JSON is none', async () => {
    expect((await app.inject({ method: 'DELETE', url: '/echo/empty', headers: { 'content-type': 'application/json' } })).json()).toEqual({ body: null })
    expect((await json('')).json()).toEqual({ detail: [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }] })
  })

  test('what is no JSON is 422 and says where', async () => {
    const answer = await json('{"name":"x" "y"}')
    expect([answer.statusCode, answer.json()]).toEqual([
      422,
      { detail: [{ type: 'json_invalid', loc: ['body', 12], msg: 'JSON decode error', input: {}, ctx: { error: 'this is not JSON' } }] },
    ])
  })

  test('JSON announced as something else, and a form where JSON is wanted, are 422', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await json('{"name":"x"}', type)
      expect([answer.statusCode, answer.json<{ detail: { type: string }[] }>().detail[0]?.type]).toEqual([422, 'model_attributes_type'])
    }
  })

  test('one that is too large is 413 and says how large it may be', async () => {
    const large = await json(JSON.stringify({ name: 'x'.repeat(2000) }))
    expect([large.statusCode, large.json()]).toEqual([413, { detail: 'The request is larger than 2000 bytes; send it in smaller parts.' }])
    const upload = await app.inject({ method: 'POST', url: '/echo/form', ...multipart([file('x'.repeat(3000))]) })
    expect([upload.statusCode, upload.json()]).toEqual([
      413,
      { detail: 'The file is larger than 2000 bytes; send it in smaller parts or raise api.body_limit.' },
    ])
  })
})

describe('forms', () => {
  const post = (request: { headers: Record<string, string>; payload: string }) => app.inject({ method: 'POST', url: '/echo/form', ...request })

  test('a file and fields arrive; an empty field counts as not sent', async () => {
    const answer = await post(multipart([file('a;b\n'), 'name="format"\r\n\r\ncsv', 'name="account_id"\r\n\r\n']))
    expect([answer.statusCode, answer.json()]).toEqual([200, { format: 'csv', file: { filename: 'bank.csv', text: 'a;b\n' } }])
  })

  test('a text where a file is wanted is named', async () => {
    const answer = await post({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'file=x&format=csv' })
    expect(answer.json()).toMatchObject({ detail: [{ type: 'value_error', loc: ['body', 'file'] }] })
  })

  test.each([
    ['JSON', { headers: { 'content-type': 'application/json' }, payload: '{"format":"csv"}' }, 422],
    ['nothing', { headers: {}, payload: '' }, 422],
    ['multipart without a boundary', { headers: { 'content-type': 'multipart/form-data' }, payload: 'x' }, 400],
    ['multipart announced as JSON', { headers: { 'content-type': 'application/json' }, payload: multipart([file('x')]).payload }, 422],
    ['multipart that ends in the middle', { ...multipart([file('x')]), payload: multipart([file('x')]).payload.slice(0, 60) }, 400],
  ])('%s is refused without a crash', async (_what, request, status) => {
    const answer = await post(request as { headers: Record<string, string>; payload: string })
    expect(answer.statusCode).toBe(status)
    expect(answer.json<{ detail: unknown }>().detail).toBeTruthy()
  })
})

test('an unexpected failure is 500 with the request id, and neither answer nor log line repeats a booking', async () => {
  lines.length = 0
  const answer = await app.inject({ url: '/echo/failure?search=Huber', headers: { 'x-request-id': 'request-1' } })
  expect([answer.statusCode, answer.json()]).toEqual([500, { detail: 'Internal server error (request): the log has it as request request-1.' }])
  expect(lines.map(({ message }) => message)).toEqual(['request failed', 'request answered'])
  expect(JSON.stringify(lines)).toContain('request-1')
  expect(JSON.stringify(lines)).not.toContain('Huber')
})

test('the management port tells alive from ready', async () => {
  const stopping = new AbortController()
  const deps = depsWith({}, stopping.signal)
  const management = buildManagement(deps)
  const statuses = async () => [(await management.inject('/livez')).statusCode, (await management.inject('/readyz')).statusCode]
  expect(await statuses()).toEqual([200, 503])
  await deps.operations.start(stopping.signal)
  expect(await statuses()).toEqual([200, 200])
  stopping.abort()
  expect(await statuses()).toEqual([200, 503])
})
