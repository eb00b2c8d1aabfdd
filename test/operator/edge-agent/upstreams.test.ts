import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EndpointSlice, serversOf, upstreamText } from '../../../operator/edge-agent/upstreams.ts'

const slice = (endpoints: EndpointSlice['endpoints'], ports: EndpointSlice['ports'] = [{ name: 'http', port: 8000 }]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'home-api-abc' },
  ...(endpoints && { endpoints }),
  ...(ports && { ports }),
})

test('ready pods are servers, each once, whatever the slices and their order', () => {
  const slices = [
    slice([{ addresses: ['10.0.0.2'] }, { addresses: ['10.0.0.1'], conditions: { ready: true } }]),
    slice([{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.3'], conditions: { ready: false, serving: true, terminating: true } }]),
    slice([{ addresses: ['fd00::7'] }]),
  ]
  const expected = ['10.0.0.1:8000', '10.0.0.2:8000', '[fd00::7]:8000']
  expect(serversOf(slices, 'http')).toEqual(expected)
  expect(serversOf(slices.toReversed(), 'http')).toEqual(expected)
})

test('another port of the Service is none of it, and a slice without ports has no servers', () => {
  expect(serversOf([slice([{ addresses: ['10.0.0.1'] }], [{ name: 'management', port: 8001 }])], 'http')).toEqual([])
  expect(serversOf([slice([{ addresses: ['10.0.0.1'] }], [])])).toEqual([])
  expect(serversOf([{ ...slice([]), endpoints: null, ports: null }])).toEqual([])
})

test('without pods nginx has a server that is down, for it refuses an empty block', () => {
  expect(upstreamText([])).toBe('server 127.0.0.1:1 down;\n')
})

test('nothing that a slice says ends up in the configuration but addresses and ports', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('10.0.0.1; return 200', '10.0.0.1\n', 'x.example.com', '::1%eth0', '10.0.0.1 }'), fc.ipV4(), fc.ipV6())
  fc.assert(
    fc.property(fc.array(text), fc.nat(65_535), (addresses, port) => {
      const conf = upstreamText(
        serversOf([
          slice(
            addresses.map((address) => ({ addresses: [address] })),
            [{ port }],
          ),
        ]),
      )
      for (const line of conf.trimEnd().split('\n')) expect(line).toMatch(/^server ([0-9.]+|\[[0-9a-fA-F:.%eth]+\]):\d+ (max_fails=3 fail_timeout=30s|down);$/)
    }),
  )
})
