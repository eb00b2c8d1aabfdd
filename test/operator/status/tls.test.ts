import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InstanceSpec } from '../../../operator/crd/spec.ts'
import type { EdgePod, InstanceSecrets, ObservedInstance } from '../../../operator/observe/facts.ts'
import { tlsProblems } from '../../../operator/plan/tls.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { tlsFacts, tlsFinding } from '../../../operator/status/tls.ts'
import { anInstance } from '../../support/instance.ts'
import { noon } from '../../support/observed-user.ts'
import { aTlsSecret, daysFromNoon } from '../../support/tls-secret.ts'

type Tls = InstanceSpec['ingress']['tls']
const certManager: Tls = { mode: 'CertManager', issuer: { kind: 'Issuer', name: 'acme' } }
const own: Tls = { mode: 'Secret', secretName: 'bought' }
const selfSigned: Tls = { mode: 'SelfSigned' }

const observe = (tls: Tls, edgeTls: InstanceSecrets['edgeTls'], more: Partial<ObservedInstance> = {}): ObservedInstance => ({
  instance: anInstance({ spec: { ingress: { tls } } }),
  children: [],
  secrets: { keys: undefined, database: undefined, ca: undefined, edgeTls, databaseTls: undefined, admin: undefined, databaseCa: undefined },
  database: { state: 'notYet', sentence: '' },
  edge: undefined,
  users: [],
  apiServer: [],
  ...more,
})

const finding = (observed: ObservedInstance) => tlsFinding(observed, tlsProblems(observed, noon), noon)

const serving = (notBefore: number, notAfter: number, standIn = false): EdgePod => ({
  pod: 'home-edge-1',
  report: { certificate: { fingerprint: 'AA', notBefore: daysFromNoon(notBefore), notAfter: daysFromNoon(notAfter), standIn } },
})

const ready = { certManager: { ready: true, renewAt: daysFromNoon(15) } }
const waiting = (more: object) => ({ certManager: { ready: false, ...more } })
const challenge = (failed: boolean) => ({ challenge: { failed, words: 'wrong status code 404' } })

test.each<[string, ObservedInstance, string, RegExp]>([
  ['a good one', observe(selfSigned, aTlsSecret()), 'True Valid', /valid until 2026-02-15/],
  ['none yet', observe(selfSigned, undefined), 'False Waiting', /is being made/],
  ['one near its end', observe(selfSigned, aTlsSecret({ notBefore: daysFromNoon(-80), notAfter: daysFromNoon(10) })), 'False ExpiresSoon', /Ready/],
  ['cert-manager is not there', observe(certManager, undefined, { absentKinds: [kinds.certificate] }), 'False CertManagerMissing', /SelfSigned/],
  ['cert-manager has not begun', observe(certManager, aTlsSecret()), 'False Waiting', /not issued .* yet\.$/],
  ['cert-manager is at work', observe(certManager, undefined, waiting({ words: 'Waiting on order' })), 'False Waiting', /Waiting on order\.$/],
  ['a challenge is on its way', observe(certManager, undefined, waiting(challenge(false))), 'False Waiting', /wrong status code 404/],
  ['a challenge has failed', observe(certManager, undefined, waiting(challenge(true))), 'False IssuanceFailed', /404.*Issuer "acme".*home-tls/],
  [
    'an issuer is not there',
    observe(certManager, undefined, waiting({ failure: 'issuer not found' })),
    'False IssuanceFailed',
    /issuer not found\. See the Issuer/,
  ],
  ['cert-manager is done', observe(certManager, aTlsSecret({ fromOurCa: false }), ready), 'True Valid', /2026-02-15/],
  ['the edge has not seen it', observe(certManager, aTlsSecret(), { ...ready, edgePods: [serving(0, 1, true)] }), 'False Waiting', /two minutes/],
  ['a renewal failed', observe(certManager, aTlsSecret(), { certManager: { ready: true, failure: 'no answer' } }), 'True Valid', /renewal failed: no answer\./],
  ['no Secret', observe(own, undefined), 'False SecretMissing', /"bought" of spec\.ingress\.tls\.secretName does not exist: create/],
  ['the wrong key', observe(own, aTlsSecret({ key: 'Differs' }, 'bought')), 'False Mismatch', /matching pair/],
  ['another host', observe(own, aTlsSecret({ names: ['x.example.com'] }, 'bought')), 'False Mismatch', /x\.example\.com.*finia\.example\.com/],
  ['an expired one', observe(own, aTlsSecret({ notAfter: daysFromNoon(-1) }, 'bought')), 'False Expired', /2025-12-31.*newer/],
  ['an old one that is served', observe(own, aTlsSecret(), { edgePods: [serving(-90, -1)] }), 'False Expired', /served.*2025-12-31/],
  [
    'one that a pod doubts',
    observe(own, aTlsSecret(), { edgePods: [{ pod: 'home-edge-2', report: { certificateProblem: 'the key does not match' } }] }),
    'False Mismatch',
    /home-edge-2.*the key does not match/,
  ],
])('with %s', (_, observed, state, words) => {
  const { status, reason, message } = finding(observed) ?? {}
  expect(`${status} ${reason}`).toBe(state)
  expect(message).toMatch(words)
})

test('nothing is said where nobody is served a certificate', () => {
  const none = observe(selfSigned, aTlsSecret(), { instance: anInstance({ spec: { ingress: { provider: 'None' } } }) })
  const plain = observe({ mode: 'Disabled' }, undefined)
  expect([finding(none), finding(plain), tlsFacts(none), tlsFacts(plain)]).toEqual([undefined, undefined, undefined, undefined])
})

test('an end is near when less than a quarter of the life is left, however long it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 4000 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (days, left) => {
      const secret = aTlsSecret({ notBefore: daysFromNoon(-days * (1 - left)), notAfter: daysFromNoon(days * left) })
      expect(finding(observe(own, secret))?.status).toBe(left < 0.25 ? 'False' : 'True')
    }),
    {
      examples: [
        [90, 0.2499],
        [90, 0.2501],
      ],
    },
  )
})

test('the status tells what is really served, the first to expire of it, and when it is renewed', () => {
  const pods = [serving(-40, 50), { ...serving(-50, 40), pod: 'home-edge-2' }, serving(0, 1, true)]
  expect(tlsFacts(observe(certManager, aTlsSecret(), { ...ready, edgePods: pods }))).toEqual({
    notAfter: '2026-02-10T12:00:00Z',
    renewAt: '2026-01-16T12:00:00Z',
  })
  expect(tlsFacts(observe(selfSigned, aTlsSecret()))).toEqual({ notAfter: '2026-02-15T12:00:00Z', renewAt: '2026-01-16T12:00:00Z' })
  expect(tlsFacts(observe(own, aTlsSecret()))).toEqual({ notAfter: '2026-02-15T12:00:00Z' })
})
