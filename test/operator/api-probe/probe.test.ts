import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { apiProbeWithin } from '../../../operator/api-probe/probe.ts'

async function keysOf(listener: RequestListener): Promise<readonly string[] | undefined> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return apiProbeWithin(300).sessionKeys({ address: '127.0.0.1', port: (server.address() as AddressInfo).port })
}

test('a pod names the keys of its sessions', async () => {
  const paths: unknown[] = []
  const keys = await keysOf(({ url }, response) => {
    paths.push(url)
    response.end('{"release":"1.0.0","sessionKeys":["new","old"]}')
  })
  expect([keys, paths]).toEqual([['new', 'old'], ['/version']])
})

test.each<[string, RequestListener]>([
  ['says nothing of keys', (_, response) => response.end('{"release":"0.9.0"}')],
  ['says something else', (_, response) => response.end('{"sessionKeys":[{"k":"x"}]}')],
  ['speaks no JSON', (_, response) => response.end('<html>')],
  ['fails', (_, response) => response.writeHead(500).end('{"sessionKeys":["a"]}')],
  ['leads elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['never answers', () => undefined],
])('of a pod that %s nothing is known', async (_, listener) => {
  expect(await keysOf(listener)).toBeUndefined()
})
