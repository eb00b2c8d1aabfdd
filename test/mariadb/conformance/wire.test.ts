// What goes over the wire, byte by byte: what no client of ours writes, but somebody does.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'

let database: TestDatabase
let port = 0
beforeAll(async () => {
  database = await aHousehold()
  port = Number(new URL(await database.app.listen({ host: '127.0.0.1', port: 0 })).port)
})
afterAll(() => database.close())

/** All that comes back until the server, or ten seconds, ends it. */
const send = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    const parts: Buffer[] = []
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (part) => parts.push(Buffer.from(part)))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')))
  })
const request = (line: string, ...headers: readonly string[]) =>
  send(`${[line, 'host: x', `authorization: Bearer ${database.token}`, 'connection: close', ...headers].join('\r\n')}\r\n\r\n`)
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

describe('a request', () => {
  test.each([
    ['for a folder above', 'GET /api/transactions/../accounts/list HTTP/1.1', 404],
    ['for a document above', 'GET /api/docs/../package.json HTTP/1.1', 403],
    ['for a document above, in disguise', 'GET /api/docs/%2e%2e/%2e%2e/package.json.md HTTP/1.1', 403],
    ['for letters in disguise', 'GET /api/%63ategories/1 HTTP/1.1', 200],
    ['for a whole address', 'GET http://other.example/api/categories/1 HTTP/1.1', 200],
    ['of a method that nobody knows', 'BREW /api/categories/ HTTP/1.1', 400],
    ['of a method that only proxies know', 'CONNECT x:1 HTTP/1.1', NaN],
    ['of a method that repeats', 'TRACE /api/categories/ HTTP/1.1', 405],
    ['of an old kind', 'GET /api/categories/1 HTTP/1.0', 200],
    ['of a kind to come', 'GET /api/categories/1 HTTP/3.0', 400],
    ['that is none', 'hello', 400],
  ])('%s', async (_what, line, status) => {
    expect(statusOf(await request(line))).toEqual(status)
  })

  test.each([
    ['with two lengths', ['content-length: 2', 'content-length: 3'], 400],
    ['with a length and pieces', ['content-length: 2', 'transfer-encoding: chunked'], 400],
    ['with a length below nothing', ['content-length: -1'], 400],
    ['with a blank before the colon', ['x-a : b'], 400],
    ['with a folded header', ['x-a: b', ' c'], 400],
    ['with a bare line feed in a header', ['x-a: b\nx-c: d'], 400],
    ['with a zero byte in a header', ['x-a: b\0c'], 400],
    ['with headers of 20,000 bytes', [`x-a: ${'b'.repeat(20_000)}`], 431],
  ])('%s is refused', async (_what, headers, status) => {
    expect(statusOf(await request('POST /api/categories/ HTTP/1.1', 'content-type: application/json', ...headers))).toBe(status)
  })

  test.each(['%0d%0aset-cookie:%20a=b', '%0aset-cookie:%20a=b', '\u0085set-cookie: a=b'])(
    'with a line break in its values (%j) gets no header of its own',
    async (text) => {
      const answers = [
        await request(`GET /api/accounts/summary?year=2024&account=${text.replaceAll(' ', '%20')} HTTP/1.1`),
        await request(`GET /api/docs/${text.replaceAll(' ', '%20')}.md HTTP/1.1`),
        await request(`GET /api/${text.replaceAll(' ', '%20')} HTTP/1.1`),
        await request('GET /api/health HTTP/1.1', `x-request-id: abcdefgh${decodeURIComponent(text).replaceAll(/[\r\n]/g, '')}`),
        await request('GET /api/health HTTP/1.1', `origin: http://localhost:8000${decodeURIComponent(text).replaceAll(/[\r\n]/g, '')}`),
      ]
      for (const answer of answers) expect(answer.split('\r\n\r\n')[0]?.toLowerCase()).not.toContain('set-cookie')
    },
  )

  test('that asks to wait for a go-ahead gets it', async () => {
    const body = '{"name":"Warten"}'
    const answer = await send(
      `POST /api/categories/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${database.token}\r\nconnection: close\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
  })

  test('that follows another on the same connection is answered after it, each whole', async () => {
    const one = (path: string, close = false) =>
      `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${database.token}\r\n${close ? 'connection: close\r\n' : ''}\r\n`
    const answer = await send(one('/api/categories/1') + one('/api/categories/2') + one('/api/categories/99', true))
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)|\{.*?\}/g)].map(([text]) => text)).toEqual([
      'HTTP/1.1 200',
      '{"id":1,"name":"Essen","parent_id":null}',
      'HTTP/1.1 200',
      Buffer.from('{"id":2,"name":"Gebäck","parent_id":1}').toString('latin1'),
      'HTTP/1.1 404',
      '{"detail":"Category not found"}',
    ])
  })
})

describe('other origins', () => {
  const ours = 'http://127.0.0.1:8000'
  const preflight = (...headers: readonly string[]) =>
    send(`${['OPTIONS /api/categories/ HTTP/1.1', 'host: x', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`)

  test('that are named may ask, without a token, for each of the methods', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const answer = await preflight(
        `origin: ${ours}`,
        `access-control-request-method: ${method}`,
        'access-control-request-headers: authorization, content-type',
      )
      expect([statusOf(answer), answer.split('\r\n\r\n')[1]]).toEqual([200, 'OK'])
      for (const header of [`access-control-allow-origin: ${ours}`, 'access-control-max-age: 600', 'access-control-allow-credentials: true', 'vary: Origin'])
        expect(answer.toLowerCase()).toContain(header.toLowerCase())
    }
  })

  test.each(['http://127.0.0.1:8001', 'http://127.0.0.1:8000.evil.example', 'null', 'HTTP://EVIL.EXAMPLE', ''])('that are not (%j) may not', async (origin) => {
    const answer = await preflight(`origin: ${origin}`, 'access-control-request-method: GET')
    expect([statusOf(answer), answer.split('\r\n\r\n')[1]]).toEqual([400, 'Disallowed CORS origin'])
    expect(answer.toLowerCase()).not.toContain('access-control-allow-origin')
  })

  test('every answer says that it depends on them', async () => {
    for (const line of [
      'GET /api/health HTTP/1.1',
      'GET /api/nothing HTTP/1.1',
      'POST /api/categories/ HTTP/1.1',
      'GET /api/categories/x HTTP/1.1',
      'GET /api/theme/css HTTP/1.1',
    ])
      expect((await request(line)).toLowerCase()).toContain('vary: origin')
  })
})
