import { randomBytes } from 'node:crypto'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createPlainServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { edgeProbe, edgeProbeWithin } from '../../../operator/edge-probe/probe.ts'
import { pki as pkiOf } from '../../../operator/pki/x509.ts'

const pki = pkiOf({ bytes: (count) => randomBytes(count), number: () => 0.5 })
const yesterday = () => new Date(Date.now() - 86_400_000)
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function anEdge(names: readonly string[], answer: RequestListener, days = 10) {
  const ca = await pki.createCa('CA', new Date(Date.now() - 5 * 86_400_000), 10)
  const from = new Date(Date.now() - Math.max(1, days < 2 ? 2 : 1) * 86_400_000)
  const { certificate, key } = await pki.issue(ca, names, from, days)
  const server = createServer({ cert: certificate, key }, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return { ca: ca.certificate, certificate, port: (server.address() as AddressInfo).port }
}

async function aPlainServer(answer: RequestListener): Promise<number> {
  const server = createHttpServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return (server.address() as AddressInfo).port
}

describe('what the agent of an edge pod says', () => {
  const stateOf = async (answer: RequestListener) => edgeProbeWithin(300).state({ address: '127.0.0.1', port: await aPlainServer(answer) })

  test('is read from its /status', async () => {
    const running = { id: 'x', certificate: { fingerprint: 'AA:BB', notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2026-04-01T00:00:00.000Z' } }
    const told = { running, mounted: 'y', refused: 'unknown directive', certificateProblem: 'it has expired', synced: true }
    const asked: unknown[] = []
    const report = await stateOf((request, response) => {
      asked.push(request.url)
      response.end(JSON.stringify(told))
    })
    expect(asked).toEqual(['/status'])
    const certificate = { fingerprint: 'AA:BB', notBefore: new Date('2026-01-01'), notAfter: new Date('2026-04-01'), standIn: false }
    expect(report).toEqual({ certificate, refused: 'unknown directive', certificateProblem: 'it has expired' })
  })

  test('is a failure when it is anything else, late, or nothing', async () => {
    const answers: RequestListener[] = [
      (_, response) => response.end('<html>'),
      (_, response) => response.end('[]'),
      (_, response) => response.end('{"synced":"yes"}'),
      (_, response) => response.writeHead(500).end('{"synced":true}'),
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      () => undefined,
    ]
    for (const answer of answers) expect(await stateOf(answer)).toEqual({ failure: expect.stringContaining('127.0.0.1:') })
  })
})

describe('the probe of the edge', () => {
  test('asks for the health of the host that people type, whatever address it goes to', async () => {
    let seen: unknown
    const { ca, port } = await anEdge(['finia.example.com'], (request, response) => {
      seen = [request.method, request.url, request.headers.host, 'servername' in request.socket && request.socket.servername]
      response.writeHead(503).end('no')
    })
    expect(await edgeProbe.ask({ address: '127.0.0.1', port, host: 'finia.example.com', ca })).toEqual({ status: 503 })
    expect(seen).toEqual(['GET', '/api/health', 'finia.example.com', 'finia.example.com'])
  })

  test('tells a certificate that is not made for the host, or not by the CA', async () => {
    const { ca, port } = await anEdge(['other.example.com'], (_, response) => response.end())
    const failed = await edgeProbe.ask({ address: '127.0.0.1', port, host: 'finia.example.com', ca })
    expect(failed).toEqual({ failure: `127.0.0.1:${port} did not answer (ERR_TLS_CERT_ALTNAME_INVALID): its certificate is not made for this host` })
    const other = await pki.createCa('Other', yesterday(), 10)
    expect(await edgeProbe.ask({ address: '127.0.0.1', port, host: 'other.example.com', ca: other.certificate })).toEqual({
      failure: expect.stringMatching(/^127\.0\.0\.1:\d+ did not answer \((UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE)\)/),
    })
  })

  test('takes the expected certificate whoever signed it, and says that nobody vouches for it', async () => {
    const { ca, certificate, port } = await anEdge(['finia.example.com'], (_, response) => response.end())
    const asked = { address: '127.0.0.1', port, host: 'finia.example.com' }
    expect(await edgeProbe.ask({ ...asked, expected: certificate })).toEqual({ status: 200, unverified: expect.stringContaining('authority is not known') })
    expect(await edgeProbe.ask({ ...asked, ca, expected: certificate })).toEqual({ status: 200 })
    const another = await anEdge(['finia.example.com'], (_, response) => response.end())
    expect(await edgeProbe.ask({ ...asked, expected: another.certificate })).toHaveProperty('failure')
  })

  test('does not take the expected certificate for another host, or once it has expired', async () => {
    const { certificate, port } = await anEdge(['finia.example.com'], (_, response) => response.end())
    const other = { address: '127.0.0.1', port, host: 'other.example.com', expected: certificate }
    expect(await edgeProbe.ask(other)).toEqual({ failure: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') })
    const old = await anEdge(['finia.example.com'], (_, response) => response.end(), 1)
    const late = { address: '127.0.0.1', port: old.port, host: 'finia.example.com', expected: old.certificate }
    expect(await edgeProbe.ask(late)).toEqual({ failure: expect.stringContaining('CERT_HAS_EXPIRED') })
  })

  test('asks for an address as well, and holds the certificate against it', async () => {
    const { ca, port } = await anEdge(['192.0.2.7'], (request, response) => response.writeHead(request.headers.host === '192.0.2.7' ? 200 : 404).end())
    expect(await edgeProbe.ask({ address: '127.0.0.1', port, host: '192.0.2.7', ca })).toEqual({ status: 200 })
    expect(await edgeProbe.ask({ address: '127.0.0.1', port, host: '192.0.2.8', ca })).toEqual({ failure: expect.stringContaining('ALTNAME_INVALID') })
  })

  test('asks over http where there is no TLS', async () => {
    const port = await aPlainServer((_, response) => response.writeHead(204).end())
    expect(await edgeProbe.ask({ address: '127.0.0.1', port, host: 'finia.example.com', plain: true })).toEqual({ status: 204 })
  })

  test('tells a port that nobody listens on', async () => {
    const server = createPlainServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await edgeProbe.ask({ address: '127.0.0.1', port, host: 'finia.example.com', ca: '' })).toEqual({
      failure: `127.0.0.1:${port} did not answer (ECONNREFUSED): nothing listens there: look at the edge pods`,
    })
  })

  test('gives up at its deadline on a server that says nothing', async () => {
    const server = createPlainServer(() => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    closers.push(() => new Promise((resolve) => server.close(resolve)))
    const sockets: { destroy(): void }[] = []
    server.on('connection', (socket) => sockets.push(socket))
    closers.unshift(() => Promise.resolve(sockets.forEach((socket) => socket.destroy())))
    expect(await edgeProbeWithin(300).ask({ address: '127.0.0.1', port, host: 'finia.example.com', ca: '' })).toEqual({
      failure: `127.0.0.1:${port} did not answer within 0.3 seconds`,
    })
  })
})
