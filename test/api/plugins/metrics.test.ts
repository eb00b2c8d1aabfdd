import { METHODS } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { Type } from 'typebox'
import { afterEach, expect, test, vi } from 'vitest'
import { buildApp } from '../../../api/app.ts'
import { samplesOf, seriesOf } from '../metrics/exposition.ts'
import { depsWith, lines } from './an-app.ts'

let app: FastifyInstance | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

const counted = async () => {
  const deps = depsWith({ requests_per_minute: 0 })
  // not held to the document, which is a request of its own
  app = await buildApp(deps)
  app.post('/echo/json', { schema: { body: Type.Object({ name: Type.String() }) }, config: { public: true } }, async ({ body }) => body)
  app.get('/echo/failure', { config: { public: true } }, async () => {
    throw new Error('a mistake')
  })
  return { app, deps, text: async () => (await deps.metrics.exposition()).text }
}

const timing = /^app;dur=\d+(\.\d)?, db;dur=\d+(\.\d)?;desc="\d+ statements?"$/

test.each<[string, InjectOptions, number]>([
  ['an answer', { url: '/api/health' }, 200],
  ['nobody signed in', { url: '/api/auth/session' }, 401],
  ['an unknown address', { url: '/api/nothing' }, 404],
  ['an unknown method', { method: 'POST', url: '/api/nothing' }, 405],
  ['a wrong body', { method: 'POST', url: '/echo/json', payload: {} }, 422],
  ['a body that is no JSON', { method: 'POST', url: '/echo/json', headers: { 'content-type': 'application/json' }, payload: '{' }, 422],
  ['a failure of ours', { url: '/echo/failure' }, 500],
  ['an address that cannot be decoded', { url: '/api/%zz' }, 400],
  ['a preflight', { method: 'OPTIONS', url: '/api/accounts', headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'PUT' } }, 400],
])('%s is told with its times, and counted once', async (_what, request, status) => {
  const { app: api, text } = await counted()
  const answer = await api.inject(request)
  expect(answer.statusCode).toBe(status)
  expect(answer.headers['server-timing']).toMatch(timing)
  expect(answer.headers).not.toHaveProperty('timing-allow-origin')
  const samples = samplesOf(await text())
  const requests = Object.entries(samples).filter(([series]) => series.startsWith('finia_api_requests_total'))
  expect(requests.map(([series, count]) => [/status="(.*?)"/.exec(series)?.[1], count])).toEqual([[`${String(status)[0] ?? ''}xx`, 1]])
  expect(samples['finia_api_requests_in_flight']).toBe(0)
})

test('10,000 different addresses and all methods make no new series', { timeout: 60_000 }, async () => {
  const { app: api, text } = await counted()
  const methods = METHODS.filter((method) => method !== 'CONNECT')
  const ask = (index: number) => {
    const method = methods[index % methods.length] ?? 'GET'
    // LMR knows the types of the common ones only
    return api.inject({
      method: method as 'GET',
      url: `/api/accounts/${index}${index % 2 ? '' : '/x'}?search=${index}`,
      headers: { 'x-request-id': `request-${index}` },
    })
  }
  for (let index = 0; index < methods.length; index++) await ask(index)
  const before = seriesOf(await text())
  for (let index = 0; index < 10_000; index++) await ask(index)
  expect(seriesOf(await text())).toEqual(before)
  const samples = Object.entries(samplesOf(await text())).filter(([series]) => series.startsWith('finia_api_requests_total'))
  expect(samples.reduce((sum, [, count]) => sum + count, 0)).toBe(10_000 + methods.length)
})

test('a client that goes away is counted as such, and is in flight no longer', async () => {
  const { app: api, text } = await counted()
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
  const { promise: answer, resolve: release } = Promise.withResolvers<void>()
  api.get('/echo/slow', { config: { public: true } }, async () => {
    arrive()
    await answer
    return {}
  })
  await api.listen({ host: '127.0.0.1', port: 0 })
  // the server listens on a port
  const { port } = api.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /echo/slow HTTP/1.1\r\nhost: finia\r\n\r\n')
  await arrived
  expect(samplesOf(await text())['finia_api_requests_in_flight']).toBe(1)
  lines.length = 0
  socket.destroy()
  const series = 'finia_api_requests_total{method="GET",route="/echo/slow",status="aborted"}'
  await vi.waitFor(async () => expect(samplesOf(await text())).toMatchObject({ [series]: 1, finia_api_requests_in_flight: 0 }), 5_000)
  release()
  expect(lines.map(({ message }) => message)).toEqual(['request given up by its client'])
})
