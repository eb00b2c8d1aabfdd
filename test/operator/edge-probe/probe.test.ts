import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
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

async function anEdge(names: readonly string[], answer: RequestListener) {
  const ca = await pki.createCa('CA', yesterday(), 10)
  const { certificate, key } = await pki.issue(ca, names, yesterday(), 10)
  const server = createServer({ cert: certificate, key }, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return { ca: ca.certificate, port: (server.address() as AddressInfo).port }
}

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
