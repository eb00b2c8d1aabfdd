import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { covers } from '../../operator/covers.ts'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import type { KubeObject } from '../../operator/deps.ts'
import { type Child, desired } from '../../operator/resources/index.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { migrateJob } from '../../operator/resources/migrate-job.ts'
import { caSecret, databaseSecret, databaseTlsSecret, edgeTlsSecret, keysSecret, userPasswordSecret } from '../../operator/resources/secrets.ts'
import { documentsOf, root } from '../contract/custom-resources.ts'
import { someDecisions } from '../support/decisions.ts'
import { anInstance, aUser } from '../support/instance.ts'
import { connect, freshNamespace } from './environment.ts'
import { applyStrictly, refusalsOf } from './manifests.ts'

const sample = (file: string): FiniaInstance['spec'] =>
  documentsOf(readFileSync(`${root}cfg/samples/${file}`, 'utf8')).find(({ kind }) => kind === 'FiniaInstance')?.spec as FiniaInstance['spec']

const instances: readonly [string, (namespace: string) => FiniaInstance][] = [
  ['the smallest instance', (namespace) => anInstance({ namespace })],
  ['the demo', (namespace) => anInstance({ namespace, spec: sample('demo.yaml') })],
  ['production', (namespace) => anInstance({ namespace, spec: sample('production.yaml') })],
  ['an external database', (namespace) => anInstance({ namespace, spec: sample('external.yaml') })],
  ['no edge and one pod', (namespace) => anInstance({ namespace, spec: { ingress: { provider: 'None' }, api: { replicas: 1 } } })],
  ['required spread', (namespace) => anInstance({ namespace, spec: { api: { placement: { topologySpread: 'Required' } } } })],
]

/** Kinds that others publish and this API server lacks: tls.test.ts and providers.test.ts bring them along. */
const elsewhere = ['cert-manager.io', 'gateway.networking.k8s.io']

/** Everything that an operator may apply for an instance. */
const everything = (instance: FiniaInstance): readonly Child[] => {
  const user = aUser({ namespace: instance.metadata.namespace })
  const secrets = [keysSecret, databaseSecret, caSecret].map((secret) => secret(instance))
  return [
    ...[...secrets, userPasswordSecret(user)].map((manifest) => ({ resource: kinds.secret, manifest })),
    ...desired(instance, someDecisions()).filter(({ resource }) => !elsewhere.includes(resource.group)),
    { resource: kinds.job, manifest: migrateJob(instance, user, someDecisions()) },
  ]
}

test.each(instances)('%s: every child is taken as it is, says what we said, and does not change when it is applied again', async (_what, of) => {
  const instance = of(await freshNamespace('children'))
  const { kube, close } = connect()
  try {
    for (const { resource, manifest } of everything(instance)) {
      expect(await refusalsOf([manifest], instance.metadata.namespace, { dryRun: true })).toEqual([])
      const first = await kube.apply<KubeObject>(resource, manifest)
      const { type: _type, ...said } = manifest as KubeObject & { readonly type?: string }
      expect({ name: manifest.metadata.name, isCovered: covers(first, said) }).toEqual({ name: manifest.metadata.name, isCovered: true })
      const second = await kube.apply<KubeObject>(resource, manifest)
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    }
  } finally {
    close()
  }
})

test('a TLS Secret takes its type along', async () => {
  const instance = anInstance({ namespace: await freshNamespace('tls') })
  const data = { 'tls.crt': '', 'tls.key': '' }
  for (const secret of [edgeTlsSecret(instance), databaseTlsSecret(instance)]) {
    const { status, body } = await applyStrictly({ ...secret, data } as KubeObject, instance.metadata.namespace)
    expect({ status, body }).toMatchObject({ status: 201, body: { type: 'kubernetes.io/tls' } })
  }
})

const namespaces = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }

interface Templated extends KubeObject {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: { readonly volumes: readonly object[] } } }
}

test.each(instances)('%s: its pods are let into a namespace that enforces Pod Security restricted', async (_what, of) => {
  const instance = of(await freshNamespace('restricted'))
  const { namespace } = instance.metadata
  const { kube, close } = connect()
  try {
    const metadata = { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }
    await kube.apply(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata })
    const children = everything(instance)
    for (const { resource, manifest } of children.filter(({ resource }) => resource === kinds.serviceAccount)) await kube.apply(resource, manifest)
    const workloads = children.map(({ manifest }) => manifest).filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind)) as Templated[]
    expect(workloads.length).toBeGreaterThanOrEqual(2)
    const pods = workloads.map(({ metadata: { name }, spec: { template } }) => {
      // What the StatefulSet's controller would add.
      const volumes = [...template.spec.volumes, ...(name.endsWith('-db') ? [{ name: 'data', emptyDir: {} }] : [])]
      return { apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name: `${name}-pod` }, spec: { ...template.spec, volumes } }
    })
    expect(await refusalsOf(pods, namespace)).toEqual([])
  } finally {
    close()
  }
})
