import { expect, test } from 'vitest'
import { certificate } from '../../../operator/resources/certificate.ts'
import { anInstance } from '../../support/instance.ts'

const tls = { mode: 'CertManager' as const, issuer: { kind: 'Issuer' as const, name: 'acme' } }

test('cert-manager is asked for a certificate of the host, in the Secret that the edge serves, by the issuer that the spec names', () => {
  expect(certificate(anInstance({ spec: { ingress: { tls } } }))).toMatchObject({
    metadata: { name: 'home-tls', ownerReferences: [{ kind: 'FiniaInstance' }] },
    spec: {
      secretName: 'home-tls',
      dnsNames: ['finia.example.com'],
      issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: 'acme' },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    },
  })
})

test('a host that is an address is asked for as one', () => {
  const spec = certificate(anInstance({ spec: { ingress: { tls, host: '192.0.2.7' } } }))?.spec
  expect([spec?.dnsNames, spec?.ipAddresses]).toEqual([undefined, ['192.0.2.7']])
})

test('nobody is asked in another mode, or without an edge', () => {
  const others = [{ mode: 'SelfSigned' as const }, { mode: 'Secret' as const, secretName: 'a' }, { mode: 'Disabled' as const }]
  const none = anInstance({ spec: { ingress: { tls, provider: 'None' } } })
  expect([none, ...others.map((other) => anInstance({ spec: { ingress: { tls: other } } }))].map(certificate)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
