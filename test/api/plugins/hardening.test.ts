import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DatabaseError } from '../../../api/db/errors.ts'
import { Unavailable } from '../../../api/errors.ts'
import { facts } from '../../../api/plugins/error-handler.ts'
import { buildManagement } from '../../../api/plugins/management.ts'
import { anApp, depsWith, file, multipart } from './an-app.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = await anApp()
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

/** Sends bytes as they are; the whole answer, once the server has closed the connection. */
const send = async (...pieces: readonly string[]): Promise<string> => {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString()))
  // what is left to be sent when the server has had enough fails
  socket.on('error', () => undefined)
  for (const piece of pieces) socket.write(piece)
  await once(socket, 'close')
  return answer
}

const head = (line: string, ...headers: readonly string[]) => `${[line, 'Host: x', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`
const chunked = (type: string, path: string) => head(`POST ${path} HTTP/1.1`, `Content-Type: ${type}`, 'Transfer-Encoding: chunked')
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

test('a connection that sends slowly, or nothing, is given up on both ports', async () => {
  const management = buildManagement(depsWith())
  const timesOf = ({ headersTimeout, requestTimeout, timeout }: Server) => ({ headersTimeout, requestTimeout, timeout })
  for (const { server } of [app, management]) {
    expect(timesOf(server as Server)).toEqual({ headersTimeout: 20_000, requestTimeout: 120_000, timeout: 600_000 })
  }
  await management.close()
})

test('a body without a length is read, and cut off where it becomes too large', async () => {
  expect(await send(chunked('application/json', '/echo/json'), chunk('{"name":'), chunk('"x"}'), chunk(''))).toMatch(/^HTTP\/1\.1 200 .*\{"name":"x"\}/s)
  const large = await send(chunked('application/json', '/echo/json'), ...Array.from({ length: 20 }, () => chunk('x'.repeat(65_536))))
  expect(large).toMatch(/^HTTP\/1\.1 413 .*The request is larger than 1048576 bytes/s)
})

test('nobody who is not signed in can fill the memory', async () => {
  const answer = await app.inject({ method: 'POST', url: '/api/auth/login', payload: { username: 'x'.repeat(20_000), password: 'x' } })
  expect([answer.statusCode, answer.json()]).toEqual([413, { detail: 'The request is larger than 16384 bytes; send it in smaller parts.' }])
  const nowhere = await app.inject({ method: 'POST', url: '/api/nothing', payload: { username: 'x'.repeat(1_100_000) } })
  expect([nowhere.statusCode, nowhere.json()]).toEqual([413, { detail: 'The request is larger than 1048576 bytes; send it in smaller parts.' }])
})

test('headers and addresses without end are refused', async () => {
  expect(await send(head('GET /api/health HTTP/1.1', `X-Long: ${'x'.repeat(20_000)}`))).toMatch(/^HTTP\/1\.1 431 /)
  expect(await send(head(`GET /api/health?x=${'x'.repeat(20_000)} HTTP/1.1`))).toMatch(/^HTTP\/1\.1 431 /)
})

test('whoever leaves in the middle of an upload takes no place with him', async () => {
  const { headers, payload } = multipart([file('a;b\n'), 'name="format"\r\n\r\ncsv'])
  const { port } = app.server.address() as AddressInfo
  for (let turn = 0; turn < 20; turn++) {
    const socket = connect(port, '127.0.0.1')
    const request = once(app.server, 'request')
    socket.write(head('POST /echo/form HTTP/1.1', `Content-Type: ${headers['content-type']}`, 'Content-Length: 100000') + payload.slice(0, 100))
    await request
    socket.destroy()
  }
  const answer = await app.inject({ method: 'POST', url: '/echo/form', headers, payload })
  expect(answer.statusCode).toBe(200)
})

test.each(['__proto__', 'constructor', 'toString'])('a field that is called %s changes no object', async (name) => {
  const form = await app.inject({ method: 'POST', url: '/echo/form', ...multipart([file('a'), `name="${name}"\r\n\r\nx`, 'name="format"\r\n\r\ncsv']) })
  expect(form.statusCode).toBe(400)
  const urlencoded = { method: 'POST', url: '/echo/form', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: `${name}=x` } as const
  expect((await app.inject(urlencoded)).statusCode).toBe(422)
  const json = await app.inject({
    method: 'POST',
    url: '/echo/json',
    headers: { 'content-type': 'application/json' },
    payload: `{"name":"a","${name}":{"name":"b"}}`,
  })
  expect(json.json()).toEqual({ name: 'a' })
  expect((await app.inject(`/api/health?${name}[x]=y&${name}=z`)).statusCode).toBe(200)
  expect(Object.keys(Object.prototype)).toEqual([])
})

test('JSON that is nested without end is refused, and the process lives', async () => {
  const payload = `{"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
  const answer = await app.inject({ method: 'POST', url: '/echo/json', headers: { 'content-type': 'application/json' }, payload })
  expect(answer.statusCode).toBe(422)
  expect((await app.inject('/api/health')).statusCode).toBe(200)
})

test('what is logged of a failure says why the database refused, and repeats no text', () => {
  const cause = new DatabaseError('unavailable', 1205, 'HY000', 'Lock wait at Miete Huber')
  const logged = facts(new Unavailable('Miete Huber', { cause }))
  expect(logged).toMatchObject({ name: 'Unavailable', cause: { name: 'DatabaseError', errno: 1205, sqlState: 'HY000', fault: 'unavailable' } })
  expect(JSON.stringify(logged)).not.toContain('Huber')
})

test('no cache keeps what the API answers', async () => {
  for (const url of ['/api/health', '/api/accounts/list', '/api/nothing']) expect((await app.inject(url)).headers['cache-control']).toBe('no-store')
})
