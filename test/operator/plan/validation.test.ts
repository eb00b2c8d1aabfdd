import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ObservedInstance } from '../../../operator/observe/facts.ts'
import { cidrProblems, routeProblems } from '../../../operator/plan/validation.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { anInstance } from '../../support/instance.ts'

const observed = (part: Partial<ObservedInstance>): ObservedInstance => ({
  instance: anInstance(),
  children: [],
  secrets: { keys: undefined, database: undefined, ca: undefined, edgeTls: undefined, databaseTls: undefined, admin: undefined, databaseCa: undefined },
  database: { state: 'notYet', sentence: '' },
  edge: undefined,
  users: [],
  apiServer: [],
  ...part,
})

const usual = anInstance()
const trusting = (...trustedProxies: string[]) =>
  cidrProblems(observed({ instance: { ...usual, spec: { ...usual.spec, ingress: { ...usual.spec.ingress, trustedProxies } } } }))

const digits = fc.stringMatching(/^[0-9a-fA-F.:]{1,20}$/)

test('an entry of trustedProxies is a problem exactly when it is no range of addresses', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), digits), fc.integer({ min: 0, max: 200 }), (address, length) => {
      const version = isIP(address)
      const isRange = (version === 4 && length <= 32) || (version === 6 && length <= 128)
      expect(trusting(`${address}/${length}`)).toHaveLength(isRange ? 0 : 1)
    }),
    { numRuns: 500 },
  )
})

test('a range that is none is named in a sentence that says what to write', () => {
  expect(trusting('10.0.0.0/8', '10.1.2.300/24')).toEqual([
    {
      about: 'APIAvailable',
      reason: 'TrustedProxyInvalid',
      message:
        'spec.ingress.trustedProxies: "10.1.2.300/24" is no network in CIDR notation: give an address and a prefix length, as 10.0.0.0/8 or 2001:db8::/32',
    },
  ])
})

test('so is one of an external database, as long as there is one', () => {
  const external = { primary: { host: 'db', port: 3306 }, adminSecretName: 'a', cidrs: ['192.0.2.0/24', '1:2:3/64'] }
  const reasons = (mode: 'External' | 'Managed') =>
    cidrProblems(observed({ instance: anInstance({ spec: { database: { mode, external } } }) })).map(({ about, reason, message }) => [about, reason, message])
  expect(reasons('External')).toEqual([
    [
      'DatabaseAvailable',
      'CIDRInvalid',
      'spec.database.external.cidrs: "1:2:3/64" is no network in CIDR notation: give an address and a prefix length, as 10.0.0.0/8 or 2001:db8::/32',
    ],
  ])
  expect(reasons('Managed')).toEqual([])
})

test.each([
  ['Gateway', [kinds.httpRoute], ['GatewayApiMissing']],
  ['Gateway', [kinds.certificate], []],
  ['Gateway', [], []],
  ['Nginx', [kinds.httpRoute], []],
] as const)('behind %s, in a cluster that lacks %j, the problems are %j', (provider, absentKinds, reasons) => {
  const instance = anInstance({ spec: { ingress: { provider, gateway: { name: 'public', sectionName: 'https' } } } })
  expect(routeProblems(observed({ instance, absentKinds })).map(({ reason }) => reason)).toEqual(reasons)
})
