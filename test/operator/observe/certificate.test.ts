import { expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/deps.ts'
import { observeCertManager } from '../../../operator/observe/certificate.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { anInstance } from '../../support/instance.ts'
import { fakeKube } from '../../support/kube.ts'

const instance = anInstance({ spec: { ingress: { tls: { mode: 'CertManager', issuer: { kind: 'Issuer', name: 'acme' } } } } })

const anObject = (kind: string, name: string, more: object, metadata: object = {}): KubeObject =>
  ({ apiVersion: 'cert-manager.io/v1', kind, metadata: { name, namespace: 'finance', ...metadata }, ...more }) as KubeObject

const certificate = (conditions: object[], more: object = {}) =>
  anObject('Certificate', 'home-tls', { status: { conditions, ...more } }, { uid: 'c1', generation: 2 })

const request = (name: string, at: string, condition: object, uid = 'c1') =>
  anObject(
    'CertificateRequest',
    name,
    { status: { conditions: [{ type: 'Ready', ...condition }] } },
    { creationTimestamp: at, labels: { 'app.kubernetes.io/instance': 'home' }, ownerReferences: [{ uid }] },
  )

const challenge = (name: string, dnsName: string, status: object) => anObject('Challenge', name, { spec: { dnsName }, status })

const see = (live: KubeObject | undefined, requests: readonly KubeObject[] = [], challenges: readonly KubeObject[] = []) => {
  const kube = fakeKube()
  for (const object of requests) kube.put(kinds.certificateRequest, object)
  for (const object of challenges) kube.put(kinds.challenge, object)
  return observeCertManager(kube, instance, live ? [{ resource: kinds.certificate, object: live }] : [])
}

const isReady = { type: 'Ready', status: 'True', observedGeneration: 2, message: 'Certificate is up to date' }
const isNot = { type: 'Ready', status: 'False', observedGeneration: 2, message: 'Issuing certificate as Secret does not exist' }

test('nothing is known before cert-manager has been asked', () => {
  expect(see(undefined)).toBeUndefined()
})

test('a certificate is in force when cert-manager says so of what was asked for last', () => {
  const renewalTime = '2026-03-01T00:00:00Z'
  expect(see(certificate([isReady], { renewalTime }))).toEqual({ ready: true, words: 'Certificate is up to date', renewAt: new Date(renewalTime) })
  expect(see(certificate([{ ...isReady, observedGeneration: 1 }]))).toMatchObject({ ready: false })
  expect(see(certificate([]))).toEqual({ ready: false })
})

test('what the newest request of the certificate waits for is told rather than that it is being issued', () => {
  const requests = [
    request('home-tls-1', '2026-01-01T00:00:00Z', { status: 'False', reason: 'Failed', message: 'long ago' }),
    request('home-tls-2', '2026-01-02T00:00:00Z', { status: 'False', reason: 'Pending', message: 'Waiting on certificate issuance from order' }),
    request('other', '2026-01-03T00:00:00Z', { status: 'False', reason: 'Failed', message: 'of another certificate' }, 'c2'),
  ]
  expect(see(certificate([isNot]), requests)).toEqual({ ready: false, words: 'Waiting on certificate issuance from order' })
})

test('an issuance that failed is told, and so is an issuer that nobody has made', () => {
  const failed = { type: 'Issuing', status: 'False', reason: 'Failed', message: 'The certificate request has failed: order is in "invalid" state' }
  expect(see(certificate([isNot, failed]))).toMatchObject({ failure: failed.message })
  const message = 'Referenced "Issuer" not found: issuer.cert-manager.io "acme" not found'
  expect(see(certificate([isNot]), [request('r', '', { status: 'False', reason: 'Pending', message })])).toMatchObject({ failure: message })
})

test('of the challenges of the host the one that failed is told, else one that is not passed', () => {
  const pending = challenge('a', 'finia.example.com', { state: 'pending', reason: 'Waiting for HTTP-01 challenge propagation:\n  wrong status code' })
  const invalid = challenge('b', 'finia.example.com', { state: 'invalid', reason: 'Error accepting authorization' })
  const others = [challenge('c', 'other.example.com', { state: 'invalid', reason: 'x' }), challenge('d', 'finia.example.com', { state: 'valid', reason: 'ok' })]
  const words = 'Waiting for HTTP-01 challenge propagation: wrong status code'
  expect(see(certificate([isNot]), [], [pending, ...others])).toMatchObject({ challenge: { failed: false, words } })
  expect(see(certificate([isNot]), [], [pending, invalid])).toMatchObject({ challenge: { failed: true, words: 'Error accepting authorization' } })
  expect(see(certificate([isNot]), [], others)).not.toHaveProperty('challenge')
})
