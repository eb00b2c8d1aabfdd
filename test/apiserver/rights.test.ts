import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import { childrenOf, typicalInstances } from '../contract/children.ts'
import { documentsOf, root } from '../contract/custom-resources.ts'
import { freshNamespace } from './environment.ts'
import { listStatus, type Manifest, refusalsOf } from './manifests.ts'

const user = 'system:serviceaccount:finia-system:finia-operator'
let watched = ''
let other = ''

/** What the chart grants in all namespaces, granted in one, as it does with watchNamespaces. */
const granted = (namespace: string): readonly Manifest[] => {
  const role = documentsOf(readFileSync(`${root}charts/install.yaml`, 'utf8')).find(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata?.name === 'finia-operator',
  )
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const metadata = { name: 'finia-operator', namespace }
  return [
    { ...role, kind: 'Role', metadata },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'finia-operator' },
      subjects: [{ kind: 'User', name: user }],
    } as Manifest,
  ]
}

const placed = (instance: FiniaInstance, namespace: string): FiniaInstance => ({ ...instance, metadata: { ...instance.metadata, namespace } })
const manifestsOf = (namespace: string): readonly Manifest[] =>
  typicalInstances.flatMap((instance) => childrenOf(placed(instance, namespace)).map(({ manifest }) => manifest))

beforeAll(async () => {
  watched = await freshNamespace('watched')
  other = await freshNamespace('other')
  const refusals = await refusalsOf(granted(watched), watched)
  if (refusals.length > 0) throw new Error(refusals.join('; '))
})

test('with the rights of the chart every child of an instance is created, and applied again', async () => {
  expect(await refusalsOf(manifestsOf(watched), watched, { user })).toEqual([])
  expect(await refusalsOf(manifestsOf(watched), watched, { user })).toEqual([])
})

test('the operator may list the kinds that it watches, and no Secrets', async () => {
  const kinds = new Map(manifestsOf(watched).map(({ apiVersion, kind }) => [String(kind), String(apiVersion)]))
  const statuses = await Promise.all([...kinds].map(async ([kind, apiVersion]) => [kind, await listStatus(apiVersion, kind, watched, user)]))
  expect(statuses.filter(([, status]) => status !== 200)).toEqual([])
  expect(await listStatus('v1', 'Secret', watched, user)).toBe(403)
})

test('in a namespace that it does not look after the operator may do nothing', async () => {
  const refusals = await refusalsOf(manifestsOf(other), other, { user })
  expect(refusals).toHaveLength(manifestsOf(other).length)
  expect(refusals.filter((refusal) => !/: 403 /.test(refusal))).toEqual([])
  expect(await listStatus('v1', 'ConfigMap', other, user)).toBe(403)
})
