import type { V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FiniaInstance } from '../../../operator/crd/kinds.ts'
import type { InstanceSpec } from '../../../operator/crd/spec.ts'
import type { KubeObject } from '../../../operator/deps.ts'
import {
  databaseCaName,
  databaseKeys,
  databaseName,
  databaseTlsName,
  fieldManager,
  keysKeys,
  keysName,
  labels,
  tlsSecretName,
} from '../../../operator/names.ts'
import { type Child, type Decisions, desired } from '../../../operator/resources/index.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { migrateJob } from '../../../operator/resources/migrate-job.ts'
import { anyInstance } from '../../support/any-instance.ts'
import { someDecisions } from '../../support/decisions.ts'
import { anInstance, aUser, type Part } from '../../support/instance.ts'

const children = (instance: FiniaInstance): readonly Child[] => desired(instance, someDecisions())
const withJob = (instance: FiniaInstance): readonly Child[] => [
  ...children(instance),
  { resource: kinds.job, manifest: migrateJob(instance, aUser({ spec: { instance: instance.metadata.name } }), someDecisions()) },
]

interface Workload extends KubeObject {
  readonly spec: {
    readonly selector?: { readonly matchLabels: object }
    readonly template: V1PodTemplateSpec
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[]
  }
}

const workloads = (instance: FiniaInstance) =>
  withJob(instance).flatMap(({ manifest }) => ('spec' in manifest && 'template' in (manifest.spec as object) ? [manifest as Workload] : []))
const podOf = ({ spec, metadata }: Workload): V1PodSpec => {
  if (!spec.template.spec) throw new Error(`${metadata.name} has no pod`)
  return spec.template.spec
}
const containersOf = (pod: V1PodSpec) => [...(pod.initContainers ?? []), ...pod.containers]

const check = (property: (instance: FiniaInstance) => void) =>
  fc.assert(
    fc.property(anyInstance, (instance) => {
      property(instance)
    }),
    { numRuns: 100 },
  )

/** What a server-side apply had better not mention: it would own it, or differ from what is stored. */
const offences = (value: unknown, path: string): readonly string[] => {
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) return [path]
  if (typeof value !== 'object') return []
  const isMeaningful = /emptyDir$|Selector$|affinity\b/.test(path)
  if (Object.keys(value).length === 0) return isMeaningful || path.endsWith('resources') ? [] : [path]
  return Object.entries(value).flatMap(([key, inner]) => (path.endsWith('affinity') ? [] : offences(inner, `${path}.${key}`)))
}

test('no child mentions what it does not mean: nothing undefined, null or empty', () => {
  check((instance) => expect(withJob(instance).flatMap(({ manifest }) => offences(manifest, `${manifest.kind} ${manifest.metadata.name}`))).toEqual([]))
})

test('every child has a name of its own, our labels, the namespace and one controlling owner', () => {
  check((instance) => {
    const all = children(instance)
    expect(new Set(all.map(({ resource, manifest }) => `${resource.plural}/${manifest.metadata.name}`)).size).toBe(all.length)
    for (const { resource, manifest } of all) {
      expect(manifest.kind).toBe(resource.kind)
      expect(manifest.apiVersion).toBe([resource.group, resource.version].filter(Boolean).join('/'))
      expect(manifest.metadata).toMatchObject({
        namespace: instance.metadata.namespace,
        labels: { [labels.instance]: instance.metadata.name, [labels.managedBy]: fieldManager },
        ownerReferences: [{ kind: 'FiniaInstance', uid: instance.metadata.uid, controller: true }],
      })
    }
  })
})

test('a workload selects its own pods, and keeps selecting them whatever the instance says', () => {
  const usual = new Map(['home', 'shop-2', 'a'].flatMap((name) => workloads(anInstance({ name })).map((one) => [one.metadata.name, one])))
  check((instance) => {
    for (const { kind, metadata, spec } of workloads(instance)) {
      if (kind === 'Job') continue
      expect(spec.template.metadata?.labels).toMatchObject(spec.selector?.matchLabels ?? {})
      expect(spec.selector).toEqual(usual.get(metadata.name)?.spec.selector)
    }
  })
})

test('every pod is restricted, has no token and never writes to its image', () => {
  check((instance) => {
    for (const workload of workloads(instance)) {
      const pod = podOf(workload)
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      })
      for (const container of containersOf(pod)) {
        expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
      }
    }
  })
})

/** The Secrets that there are beside the children, with their keys. */
const secretsOf = (instance: FiniaInstance): Readonly<Record<string, readonly string[]>> => ({
  [databaseName(instance)]:
    instance.spec.database.mode === 'Managed' ? Object.values(databaseKeys) : [databaseKeys.api, databaseKeys.migrate, databaseKeys.marks],
  [keysName(instance)]: Object.values(keysKeys),
  [tlsSecretName(instance) ?? '']: ['tls.crt', 'tls.key', 'ca.crt'],
  [databaseTlsName(instance)]: ['tls.crt', 'tls.key', 'ca.crt'],
  ...(databaseCaName(instance) && { [databaseCaName(instance) ?? '']: ['ca.crt'] }),
})

test('every pod finds what it mounts: volumes, ConfigMaps, Secrets and their keys, its account', () => {
  check((instance) => {
    const all = children(instance)
    const named = (kind: string) => all.filter(({ manifest }) => manifest.kind === kind).map(({ manifest }) => manifest.metadata.name)
    for (const workload of workloads(instance)) {
      const pod = podOf(workload)
      const volumes = [...(pod.volumes ?? []).map(({ name }) => name), ...(workload.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name)]
      const mounts = containersOf(pod).flatMap(({ volumeMounts }) => volumeMounts ?? [])
      expect([...new Set(mounts.map(({ name }) => name))].sort()).toEqual(volumes.sort())
      for (const { configMap, secret } of pod.volumes ?? []) {
        if (configMap) expect(named('ConfigMap')).toContain(configMap.name)
        for (const { key } of secret?.items ?? []) expect(secretsOf(instance)[secret?.secretName ?? '']).toContain(key)
        if (secret) expect(secret.items?.length).toBeGreaterThan(0)
      }
      if (pod.serviceAccountName) expect(named('ServiceAccount')).toContain(pod.serviceAccountName)
    }
  })
})

test('the session ring and the edge key are in the API, the edge has its own key only, migrations neither', () => {
  check((instance) => {
    const keysIn = (component: string) =>
      workloads(instance)
        .filter(({ metadata }) => metadata.labels?.[labels.component] === component)
        .flatMap((workload) => podOf(workload).volumes ?? [])
        .flatMap(({ secret }) => (secret?.secretName === keysName(instance) ? (secret.items ?? []).map(({ key }) => key) : []))
    const managed = instance.spec.ingress.provider === 'Managed'
    const ofOurs = instance.spec.api.keysSecretName ? [] : [keysKeys.operatorKey]
    expect(keysIn('api').sort()).toEqual([keysKeys.sessionKeys, keysKeys.setupToken, ...(managed ? [keysKeys.edgeKey] : []), ...ofOurs].sort())
    expect(keysIn('edge')).toEqual(managed ? [keysKeys.edgeKey] : [])
    expect([...keysIn('database'), ...keysIn('migrate')]).toEqual([])
  })
})

test('the children are those of the parts that the instance has, database before API before edge', () => {
  const names = (instance: FiniaInstance) => children(instance).map(({ manifest }) => `${manifest.kind}/${manifest.metadata.name}`)
  const full = names(anInstance())
  expect(full).toEqual([
    ...['deny-all', 'dns', 'api', 'migrate', 'db', 'edge'].map((suffix) => `NetworkPolicy/home-${suffix}`),
    'ConfigMap/home-db',
    'Service/home-db-hl',
    'Service/home-db-rw',
    'StatefulSet/home-db',
    'ServiceAccount/home-api',
    'ConfigMap/home-config',
    'Service/home-api',
    'Deployment/home-api',
    'PodDisruptionBudget/home-api',
    'ServiceAccount/home-edge',
    'RoleBinding/home-edge',
    'ConfigMap/home-edge',
    'Service/home-edge',
    'Deployment/home-edge',
    'PodDisruptionBudget/home-edge',
  ])
  const small = anInstance({
    spec: {
      api: { replicas: 1 },
      ingress: { provider: 'None' },
      networkPolicy: { enabled: false },
      database: { mode: 'External', external: { primary: { host: 'db', port: 3306 }, adminSecretName: 'a', cidrs: [] } },
    },
  })
  expect(names(small)).toEqual(['ServiceAccount/home-api', 'ConfigMap/home-config', 'Service/home-api', 'Deployment/home-api'])
})

const restarts = (before: FiniaInstance, after: FiniaInstance, inputs: Partial<Decisions['inputs']>): readonly string[] => {
  const templates = (instance: FiniaInstance, decisions = someDecisions()) =>
    new Map(
      desired(instance, decisions).flatMap(({ manifest }) =>
        'spec' in manifest && 'template' in (manifest.spec as object) ? [[manifest.metadata.name, JSON.stringify((manifest as Workload).spec.template)]] : [],
      ),
    )
  const [old, fresh] = [templates(before), templates(after, someDecisions({ inputs: { ...someDecisions().inputs, ...inputs } }))]
  return [...fresh].filter(([name, template]) => old.get(name) !== template).map(([name]) => name)
}

test.each<[string, Part<InstanceSpec>, Partial<Decisions['inputs']>, readonly string[]]>([
  ['nothing', {}, {}, []],
  ['a session time-out', { api: { config: { sessionTimeout: '2h' } } }, {}, ['home-api']],
  ['the number of edge pods', { ingress: { managed: { replicas: 3 } } }, {}, []],
  ['the size of the volume', { database: { managed: { storage: { size: '20Gi' } } } }, {}, []],
  ['the host, which the edge takes in as it runs', { ingress: { host: 'other.example.com' } }, {}, []],
  ['the database certificate', {}, { databaseTls: 't2' }, ['home-db']],
  ['the CA', {}, { databaseCa: 'c2' }, ['home-api']],
  ['the key Secret', {}, { keys: 'k2' }, ['home-api']],
  ["the edge's key in it", {}, { keys: 'k2', edgeKey: 'e2' }, ['home-api', 'home-edge']],
  ['a password', {}, { databasePasswords: 'p2' }, ['home-db', 'home-api']],
])('a change of %s restarts the pods that read it, and no others', (_what, spec, inputs, expected) => {
  expect(restarts(anInstance(), anInstance({ spec }), inputs)).toEqual(expected)
})
