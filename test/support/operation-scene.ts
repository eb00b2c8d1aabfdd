// An instance whose Secrets are there, edge pods that say what they serve, and operations on it.
import type { FiniaOperation } from '../../operator/crd/kinds.ts'
import type { InstanceSpec } from '../../operator/crd/spec.ts'
import type { Deps, EdgeReport, KubeObject } from '../../operator/deps.ts'
import { childLabels } from '../../operator/names.ts'
import { reconcileOperation } from '../../operator/reconcile-operation.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { anInstance, anOperation, type Part } from './instance.ts'
import { aWorld, type World } from './world.ts'

export const namespace = 'finance'

export interface Scene extends World {
  readonly deps: Deps
  /** What the agent of each edge pod says. */
  readonly agents: Map<string, EdgeReport | { readonly failure: string }>
}

export const secret = (name: string, data: Readonly<Record<string, string>>): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  }) as KubeObject

/** An instance whose Secrets are there, and edge pods at these addresses. */
export async function aScene(ingress: Part<InstanceSpec['ingress']> = {}, addresses: readonly string[] = ['10.0.0.1', '10.0.0.2']): Promise<Scene> {
  const world = aWorld(anInstance({ spec: { ingress: { host: 'finia.example.com', ...ingress } } }))
  const { kube, clock } = world
  const agents: Scene['agents'] = new Map()
  const ca = await world.deps.pki.createCa('FiniA', clock.now(), 3650)
  const pair = await world.deps.pki.issue(ca, ['finia.example.com'], clock.now(), 90)
  kube.put(kinds.secret, secret('home-ca', { 'tls.crt': ca.certificate, 'tls.key': ca.key, 'ca.crt': ca.certificate }))
  kube.put(kinds.secret, secret('home-tls', { 'tls.crt': pair.certificate, 'tls.key': pair.key }))
  for (const [index, podIP] of addresses.entries()) {
    const metadata = { name: `home-edge-${index}`, namespace, labels: childLabels('home', 'edge') }
    kube.put(kinds.pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      status: { phase: 'Running', podIP, conditions: [{ type: 'Ready', status: 'True' }] },
    } as KubeObject)
  }
  const state = ({ address }: { readonly address: string }) => Promise.resolve(agents.get(address) ?? { failure: `${address}:8082 did not answer` })
  return { ...world, agents, deps: { ...world.deps, edgeProbe: { ...world.deps.edgeProbe, state } } }
}

export const put = ({ kube }: Scene, operation: FiniaOperation): void => kube.put(kinds.operation, operation as unknown as KubeObject)
export const find = ({ kube }: Scene, name = 'act') => kube.objects.get(`finiaoperations/${namespace}/${name}`) as unknown as FiniaOperation | undefined
export const look = (scene: Scene, name = 'act', deps: Deps = scene.deps) => reconcileOperation(deps, { namespace, name })
export const message = (scene: Scene, name = 'act') => find(scene, name)?.status?.conditions?.find(({ type }) => type === 'Ready')?.message
export const certificateOf = ({ kube }: Scene) =>
  Buffer.from((kube.objects.get(`secrets/${namespace}/home-tls`) as { data?: Record<string, string> }).data?.['tls.crt'] ?? '', 'base64').toString()
export const renewal = (spec: Partial<FiniaOperation['spec']> = {}) => anOperation({ spec: { type: 'RenewCertificate', ...spec } })

/** Every edge pod serves what the Secret holds. */
export const mount = (scene: Scene, addresses: readonly string[] = ['10.0.0.1', '10.0.0.2']) => {
  for (const address of addresses)
    scene.agents.set(address, { certificate: { fingerprint: certificateOf(scene), notAfter: new Date('2027-01-01'), standIn: false } })
}
