// What cert-manager is asked for: the certificate of the host, in the Secret that the edge serves. cert-manager renews it when two thirds of its life have passed.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { KubeObject } from '../deps.ts'
import { childLabels, tlsName } from '../names.ts'
import { childMetadata } from './metadata.ts'

export interface Certificate extends KubeObject {
  readonly spec: {
    readonly secretName: string
    readonly dnsNames?: readonly string[]
    readonly ipAddresses?: readonly string[]
    readonly issuerRef: { readonly group: string; readonly kind: string; readonly name: string }
    readonly [field: string]: unknown
  }
}

/** IPv4; the schema lets no other into a host. */
const address = /^\d{1,3}(\.\d{1,3}){3}$/

/** Undefined unless the instance's certificate comes from cert-manager. */
export const certificate = (instance: FiniaInstance): Certificate | undefined => {
  const { provider, host, tls } = instance.spec.ingress
  if (provider === 'None' || tls.mode !== 'CertManager' || !tls.issuer) return undefined
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: childMetadata(instance, tlsName(instance), 'edge'),
    spec: {
      secretName: tlsName(instance),
      secretTemplate: { labels: childLabels(instance.metadata.name, 'edge') },
      ...(address.test(host) ? { ipAddresses: [host] } : { dnsNames: [host] }),
      issuerRef: { group: 'cert-manager.io', kind: tls.issuer.kind, name: tls.issuer.name },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth'],
      revisionHistoryLimit: 3,
    },
  }
}
