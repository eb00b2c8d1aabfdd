// A Secret with a certificate as it is observed: for the usual host, in the middle of its life, with its key.
import type { CertificateState, SecretState } from '../../operator/observe/facts.ts'
import { noon } from './observed-user.ts'

const day = 86_400_000

export const daysFromNoon = (days: number): Date => new Date(noon.getTime() + days * day)

export const aCertificate = (more: Partial<CertificateState> = {}): CertificateState => ({
  names: ['finia.example.com'],
  notBefore: daysFromNoon(-45),
  notAfter: daysFromNoon(45),
  fromOurCa: true,
  fingerprint: 'AA:BB',
  key: 'Fits',
  ...more,
})

export const aTlsSecret = (more: Partial<CertificateState> = {}, name = 'home-tls'): SecretState => ({
  metadata: {
    name,
    namespace: 'finance',
    ownerReferences: [{ apiVersion: 'finia.io/v1alpha1', kind: 'FiniaInstance', name: 'home', uid: 'uid-of-home', controller: true }],
  },
  keys: ['ca.crt', 'tls.crt', 'tls.key'],
  digest: 'd',
  digests: {},
  certificate: aCertificate(more),
})
