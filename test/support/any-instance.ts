// Instances of every sort, for property tests of what is made of them.
import fc from 'fast-check'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import type { InstanceSpec } from '../../operator/crd/spec.ts'
import { anInstance, type Part } from './instance.ts'

const placement = fc.record(
  {
    nodeSelector: fc.constantFrom({}, { disk: 'ssd' }),
    tolerations: fc.constantFrom([], [{ key: 'dedicated', operator: 'Exists' as const }]),
    affinity: fc.constantFrom({}, { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } }),
    topologySpread: fc.constantFrom('None' as const, 'Preferred' as const, 'Required' as const),
  },
  { requiredKeys: [] },
)

const resources = fc.constantFrom({}, { limits: { memory: '256Mi' } }, { requests: { cpu: 1, memory: '1Gi' }, limits: { cpu: '2' } })

const namespaces = fc.constantFrom([], [{ team: 'web' }], [{ team: 'web' }, { team: 'ops' }])

const external = { primary: { host: 'db.example.com', port: 3307 }, adminSecretName: 'admin' }

const spec = fc.record(
  {
    deletionPolicy: fc.constantFrom('Retain' as const, 'Delete' as const),
    imagePullSecrets: fc.constantFrom([], ['registry']),
    api: fc.record(
      {
        image: fc.constant('registry.example.com/finia:2'),
        replicas: fc.integer({ min: 0, max: 4 }),
        placement,
        resources,
        keysSecretName: fc.constant('my-keys'),
        limits: fc.record({
          requestsPerMinute: fc.constantFrom(0, 100),
          loginFailures: fc.record({ perAccount: fc.constantFrom(0, 5), perAddress: fc.constantFrom(0, 50), lockout: fc.constant('15m') }),
          bodySize: fc.constantFrom('0', '20Mi'),
        }),
        config: fc.record({ folderImport: fc.constantFrom({ enabled: false, volumeClaim: 'files' }, { enabled: true, volumeClaim: 'files' }) }),
      },
      { requiredKeys: [] },
    ),
    ingress: fc.record(
      {
        provider: fc.constantFrom('Managed' as const, 'Nginx' as const, 'NginxF5' as const, 'Gateway' as const, 'None' as const),
        gateway: fc.constantFrom({ name: 'public', sectionName: 'https' }, { name: 'public', sectionName: 'https', httpSectionName: 'http' }),
        className: fc.constantFrom('nginx', 'internal'),
        tls: fc.constantFrom(
          { mode: 'SelfSigned' as const },
          { mode: 'CertManager' as const, issuer: { kind: 'Issuer' as const, name: 'letsencrypt' } },
          { mode: 'Secret' as const, secretName: 'bought' },
          { mode: 'Disabled' as const },
        ),
        limits: fc.record({
          requestsPerSecond: fc.constantFrom(0, 1, 10, 1000),
          burst: fc.constantFrom(0, 1, 20, 25),
          loginsPerMinute: fc.constantFrom(0, 5),
          loginBurst: fc.constantFrom(0, 5, 7),
          bodySize: fc.constantFrom('0', '20Mi'),
        }),
        timeouts: fc.record({ connect: fc.constantFrom('5s', '1h30m'), read: fc.constantFrom('60s', '99999h'), send: fc.constant('60s') }),
        trustedProxies: fc.constantFrom([], ['192.0.2.0/24'], ['192.0.2.0/24', '2001:db8::/32']),
        hsts: fc.record({ maxAge: fc.constantFrom(0, 300), includeSubDomains: fc.boolean() }),
        headers: fc.record({ xXssProtection: fc.boolean() }),
        managed: fc.record({
          replicas: fc.integer({ min: 1, max: 3 }),
          service: fc.record({
            type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
            externalTrafficPolicy: fc.constantFrom('Local' as const, 'Cluster' as const),
            nodePorts: fc.record({ http: fc.constantFrom(0, 30080), https: fc.constantFrom(0, 30443) }),
            externalHttpsPort: fc.constantFrom(443, 8443),
            annotations: fc.constantFrom({}, { 'cloud.example.com/size': 'small' }),
          }),
        }),
      },
      { requiredKeys: ['gateway'] },
    ),
    database: fc.oneof(
      fc.record({
        mode: fc.constant('External' as const),
        external: fc.constantFrom({ ...external, cidrs: [] }, { ...external, replicas: [{ host: 'db2', port: 3306 }], cidrs: ['192.0.2.0/24'] }),
        readFrom: fc.constantFrom('Primary' as const, 'PreferReplica' as const),
        tls: fc.constantFrom({ mode: 'VerifyIdentity' as const }, { mode: 'VerifyCA' as const, caSecretName: 'their-ca' }),
      }),
      fc.record({
        mode: fc.constant('Managed' as const),
        tls: fc.record({ mode: fc.constantFrom('Disabled' as const, 'Required' as const, 'VerifyIdentity' as const) }),
        managed: fc.record({ placement, resources, storage: fc.record({ className: fc.constantFrom('', 'fast') }) }),
      }),
    ),
    networkPolicy: fc.record({ enabled: fc.boolean(), ingressFrom: namespaces, monitoringFrom: namespaces }),
  },
  { requiredKeys: [] },
)

export const anyInstance: fc.Arbitrary<FiniaInstance> = fc
  .tuple(spec, fc.constantFrom('home', 'shop-2', 'a'))
  // Lists are read-only here and plain there.
  .map(([parts, name]) => anInstance({ name, spec: parts as unknown as Part<InstanceSpec> }))
