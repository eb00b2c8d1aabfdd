import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressReader } from '../../../api/auth/client.ts'
import { networkOf, plainAddress } from '../../../api/limits/address.ts'
import { networkProblems } from '../../../api/limits/trusted-proxies.ts'

const trustedProxies = ['10.0.0.0/8', 'fd00::/8']
const addressOf = addressReader({ edgeKey: 'key', api: { trustedProxies } })
const behind = (peer: string, forwardedFor: string) => addressOf({ 'x-forwarded-for': forwardedFor }, peer)

const proxy = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.${a}.${b}.1`),
  fc.nat(0xffff).map((group) => `fd00::${group.toString(16)}:1`),
)
const stranger = fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `203.0.${a}.${b}`)
const said = fc.oneof(fc.ipV4(), fc.ipV6(), proxy, fc.string({ maxLength: 20 }), fc.constant(''))

test('whatever a client writes into the header, it is known by the address that the first trusted proxy saw', () =>
  fc.assert(
    fc.property(fc.array(said, { maxLength: 6 }), stranger, fc.array(proxy, { minLength: 1, maxLength: 4 }), (forged, client, proxies) => {
      const peer = proxies.at(-1) ?? ''
      const chain = [...forged, client, ...proxies.slice(0, -1)]
      expect(behind(peer, chain.join(', '))).toBe(client)
      expect(behind(`::ffff:${client}`, chain.join(', '))).toBe(client)
      const edge = { 'x-finia-edge-key': 'key', 'x-real-ip': peer, 'x-forwarded-for': [...chain, peer].join(', ') }
      expect(addressOf(edge, '192.0.2.7')).toBe(client)
      expect(addressOf({ ...edge, 'x-finia-edge-key': 'other' }, '192.0.2.7')).toBe('192.0.2.7')
    }),
  ))

test.each([
  ['nothing', '', '10.0.0.1'],
  ['no address', 'unknown', '10.0.0.1'],
  ['no address before a trusted one', '192.0.2.1, _hidden, 10.2.0.1', '10.2.0.1'],
  ['trusted ones only', '10.3.0.1, 10.2.0.1', '10.3.0.1'],
  ['an address with its port', '192.0.2.1:4711', '192.0.2.1'],
  ['an IPv6 address with its port', '[2001:db8::1]:4711', '2001:db8::1'],
  ['an IPv4 address wrapped in IPv6', '::ffff:192.0.2.1', '192.0.2.1'],
  ['an empty entry', '192.0.2.1,,10.2.0.1', '10.2.0.1'],
])('a proxy that says %s: %j', (_what, header, client) => {
  expect(behind('10.0.0.1', header)).toBe(client)
})

test('an IPv6 network counts as one client, in whichever spelling, and IPv4 addresses one by one', () =>
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), fc.ipV4(), (one, other, v4) => {
      const groups = (address: string) => networkOf(address).replace('::/64', '').split(':')
      if (networkOf(one).includes('.')) return
      const [a = '', b = '', c = '', d = ''] = groups(one)
      const neighbour = `${a}:${b}:${c}:${d}:1:2:3:4`
      expect(networkOf(neighbour.toUpperCase())).toBe(networkOf(one))
      if (networkOf(one) !== networkOf(other)) expect(networkOf(`${groups(other).join(':')}:1:2:3:4`)).not.toBe(networkOf(one))
      expect([networkOf(v4), networkOf(`::ffff:${v4}`)]).toEqual([v4, v4])
    }),
  ))

test.each([
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2::5', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test.each(['', '1.2.3', '1.2.3.4.5', '::g', '1.2.3.4 ', 'localhost', '127.1'])('%j is no address', (text) => {
  expect(plainAddress(text)).toBeUndefined()
})

test('networks that are none are told, each in a sentence', () => {
  const wrong = ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'proxies', '::/', '1.2.3.4/-1']
  expect(networkProblems('here', ['0.0.0.0/0', '::/0', '10.1.2.3/8', ...wrong])).toEqual(
    wrong.map((text) => `here holds ${JSON.stringify(text)}: write each network as an address and a length, such as 10.0.0.0/8 or fd00::/8.`),
  )
})
