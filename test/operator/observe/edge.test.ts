import { expect, test } from 'vitest'
import type { InstanceSpec } from '../../../operator/crd/spec.ts'
import type { Deps, EdgeProbe, EdgeReport, KubeObject } from '../../../operator/deps.ts'
import { askEdge, edgePods, edgeTrust } from '../../../operator/observe/edge.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { anInstance } from '../../support/instance.ts'
import { aWorld } from '../../support/world.ts'

const labels = { 'app.kubernetes.io/name': 'finia', 'app.kubernetes.io/instance': 'home', 'app.kubernetes.io/component': 'edge' }

const pod = (name: string, podIP: string | undefined, more: object = {}): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'finance', labels, ...more }, status: podIP ? { podIP } : {} }) as KubeObject

const asking = (deps: Deps, edgeProbe: Partial<EdgeProbe>): Deps => ({ ...deps, edgeProbe: { ...deps.edgeProbe, ...edgeProbe } })

test('every pod of the edge that has an address is asked at its agent, and those that do not answer are left out', async () => {
  const instance = anInstance()
  const { deps, kube } = aWorld(instance)
  const others = { 'app.kubernetes.io/instance': 'office' }
  const pods = [pod('b', '10.0.0.2'), pod('a', '10.0.0.1'), pod('new', undefined), pod('gone', '10.0.0.4', { deletionTimestamp: '2026-01-01T00:00:00Z' })]
  for (const each of [...pods, pod('silent', '10.0.0.3'), pod('theirs', '10.0.0.9', { labels: { ...labels, ...others } })]) kube.put(kinds.pod, each)
  const asked: string[] = []
  const state: EdgeProbe['state'] = async ({ address, port }) => {
    asked.push(`${address}:${port}`)
    return address === '10.0.0.3' ? { failure: 'it did not answer' } : ({ refused: address } satisfies EdgeReport)
  }
  expect(await edgePods(asking(deps, { state }), instance)).toEqual([
    { pod: 'a', report: { refused: '10.0.0.1' } },
    { pod: 'b', report: { refused: '10.0.0.2' } },
  ])
  expect(asked.sort()).toEqual(['10.0.0.1:8082', '10.0.0.2:8082', '10.0.0.3:8082'])
})

type Tls = InstanceSpec['ingress']['tls']

/** What the edge is asked by, with a ready pod and these Secrets. */
const askedBy = async (tls: Tls, data?: Readonly<Record<string, string>>) => {
  const instance = anInstance({ spec: { ingress: { tls } } })
  const { deps, kube } = aWorld(instance)
  const encoded = Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
  const name = tls.secretName ?? 'home-tls'
  if (data) kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'finance' }, data: encoded } as KubeObject)
  const edge = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'home-edge' }, status: { readyReplicas: 1 } } as KubeObject
  let asked: object | undefined
  const ask: EdgeProbe['ask'] = async (request) => {
    asked = request
    return { status: 200 }
  }
  const trust = await edgeTrust(deps, instance, 'our CA')
  await askEdge(asking(deps, { ask }), instance, [{ resource: kinds.deployment, object: edge }], trust)
  return asked
}

const place = { address: 'home-edge.finance.svc', host: 'finia.example.com' }
const certManager: Tls = { mode: 'CertManager', issuer: { kind: 'Issuer', name: 'ca' } }

test('the edge is believed by our CA, by that of the Secret or the system, or asked in the clear', async () => {
  expect(await askedBy({ mode: 'SelfSigned' })).toEqual({ ...place, port: 443, ca: 'our CA' })
  expect(await askedBy({ mode: 'Disabled' })).toEqual({ ...place, port: 80, plain: true })
  expect(await askedBy(certManager, { 'tls.crt': 'leaf' })).toEqual({ ...place, port: 443, expected: 'leaf' })
  expect(await askedBy({ mode: 'Secret', secretName: 'own' }, { 'tls.crt': 'leaf', 'ca.crt': 'CA' })).toEqual({
    ...place,
    port: 443,
    expected: 'leaf',
    ca: 'CA',
  })
})

test('an edge that cannot have a certificate yet is not asked', async () => {
  expect(await askedBy(certManager)).toBeUndefined()
  expect(await askedBy(certManager, { 'tls.key': 'key' })).toBeUndefined()
})
