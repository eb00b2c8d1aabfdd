import { expect, test } from 'vitest'
import type { FiniaInstance } from '../../../operator/crd/kinds.ts'
import { type Component, selectorLabels } from '../../../operator/names.ts'
import { type NetworkPolicy, networkPolicies } from '../../../operator/resources/network-policies.ts'
import { anInstance } from '../../support/instance.ts'

type Labels = Readonly<Record<string, string>>
interface Place {
  readonly pod?: Labels
  /** Labels of the namespace; absent = the instance's own. */
  readonly namespace?: Labels
  /** An address outside the cluster. */
  readonly address?: string
}

const carries = (labels: Labels | undefined, selector: { matchLabels?: Labels } | undefined): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels?.[key] === value)

const surroundings = { operatorNamespace: 'finia-system', apiServer: [{ address: '203.0.113.1', port: 6443 }] }
const own: Labels = { 'kubernetes.io/metadata.name': 'finance' }
const placeOf = (component: Component): Place => ({ pod: selectorLabels('home', component), namespace: own })

const isPeer = (peer: NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['from']>[number], place: Place): boolean => {
  if (peer.ipBlock) return place.address !== undefined && peer.ipBlock.cidr.startsWith(place.address.replace(/\.\d+$/, ''))
  if (!place.namespace) return false
  return (
    (peer.namespaceSelector ? carries(place.namespace, peer.namespaceSelector) : place.namespace === own) &&
    (!peer.podSelector || carries(place.pod, peer.podSelector))
  )
}

/** As a cluster network decides: a pod that a policy selects is closed but for what some policy opens. */
const isOpen = (policies: readonly NetworkPolicy[], direction: 'Ingress' | 'Egress', pod: Place, other: Place, port: number, protocol: string): boolean => {
  const mine = policies.filter(({ spec }) => pod.namespace === own && carries(pod.pod, spec.podSelector) && spec.policyTypes.includes(direction))
  if (mine.length === 0) return true
  const flows = mine.flatMap(({ spec }) => (direction === 'Ingress' ? (spec.ingress ?? []) : (spec.egress ?? [])))
  return flows.some((flow) => {
    const peers = direction === 'Ingress' ? flow.from : flow.to
    return flow.ports.some((one) => one.port === port && one.protocol === protocol) && (!peers || peers.some((peer) => isPeer(peer, other)))
  })
}

const places: Readonly<Record<string, Place>> = {
  edge: placeOf('edge'),
  api: placeOf('api'),
  migrate: placeOf('migrate'),
  database: placeOf('database'),
  neighbour: { pod: { app: 'other' }, namespace: own },
  operator: { pod: { app: 'operator' }, namespace: { 'kubernetes.io/metadata.name': 'finia-system' } },
  monitoring: { pod: { app: 'prometheus' }, namespace: { team: 'ops' } },
  web: { pod: { app: 'proxy' }, namespace: { team: 'web' } },
  stranger: { pod: { app: 'x' }, namespace: { team: 'x' } },
  solver: { pod: { 'acme.cert-manager.io/http01-solver': 'true' }, namespace: own },
  apiServer: { address: '203.0.113.1' },
  outside: { address: '192.0.2.7' },
  elsewhere: { address: '198.51.100.7' },
}

/** Every flow over these ports that both ends let through, but for those between places that are none of ours. */
const flows = (
  instance: FiniaInstance,
  ports: readonly number[] = [8000, 8001, 3306, 8080, 8443, 8081, 8082, 8089, 6443, 80],
  about: { readonly responderPort?: number } = {},
): readonly string[] => {
  const policies = networkPolicies(instance, { ...surroundings, ...about })
  const ours = new Set(['edge', 'api', 'migrate', 'database'])
  return Object.entries(places).flatMap(([from, source]) =>
    Object.entries(places).flatMap(([to, target]) =>
      ports
        .filter(() => from !== to && (ours.has(from) || ours.has(to)))
        .filter((port) => isOpen(policies, 'Egress', source, target, port, 'TCP') && isOpen(policies, 'Ingress', target, source, port, 'TCP'))
        .map((port) => `${from} → ${to}:${port}`),
    ),
  )
}

const everybody = ['neighbour', 'operator', 'monitoring', 'web', 'stranger', 'solver', 'apiServer', 'outside', 'elsewhere']
/** What the edge's agent needs. */
const ofTheEdge = ['edge → apiServer:6443', 'operator → edge:8082']
const mayReachEdge = (who: readonly string[]) => who.flatMap((from) => [`${from} → edge:8080`, `${from} → edge:8443`])

test('by default everybody outside may call the edge, and behind it only the known flows exist', () => {
  expect([...flows(anInstance())].sort()).toEqual(
    [
      'edge → api:8000',
      'operator → api:8001',
      'api → database:3306',
      'migrate → database:3306',
      'operator → database:3306',
      ...ofTheEdge,
      ...mayReachEdge(everybody),
    ].sort(),
  )
})

test('named namespaces may call the edge, and read metrics, and nobody else may', () => {
  const instance = anInstance({ spec: { networkPolicy: { ingressFrom: [{ team: 'web' }], monitoringFrom: [{ team: 'ops' }] } } })
  expect([...flows(instance)].sort()).toEqual(
    [
      'edge → api:8000',
      'operator → api:8001',
      'monitoring → api:8001',
      'api → database:3306',
      'migrate → database:3306',
      'operator → database:3306',
      ...ofTheEdge,
      'monitoring → edge:8082',
      ...mayReachEdge(['web', 'operator']),
    ].sort(),
  )
})

test('the edge reaches whoever solves a challenge only where cert-manager makes the certificate, and nobody calls for https where there is none', () => {
  const difference = (tls: FiniaInstance['spec']['ingress']['tls']) => {
    const [before, after] = [flows(anInstance()), flows(anInstance({ spec: { ingress: { tls } } }))]
    return [after.filter((flow) => !before.includes(flow)), before.filter((flow) => !after.includes(flow))]
  }
  expect(difference({ mode: 'CertManager', issuer: { kind: 'Issuer', name: 'ca' } })).toEqual([['edge → solver:8089'], []])
  expect(difference({ mode: 'Disabled' })).toEqual([[], everybody.map((from) => `${from} → edge:8443`)])
})

test('the edge reaches an OCSP responder, which may be anywhere, only where its certificate names one', () => {
  const outward = (instance: FiniaInstance, about = {}) => flows(instance, [80, 3306, 8888], about).filter((flow) => /→ (outside|elsewhere)/.test(flow))
  expect(outward(anInstance())).toEqual([])
  expect(outward(anInstance(), { responderPort: 80 })).toEqual(['edge → outside:80', 'edge → elsewhere:80'])
  expect(outward(anInstance(), { responderPort: 8888 })).toEqual(['edge → outside:8888', 'edge → elsewhere:8888'])
  expect(outward(anInstance({ spec: { ingress: { tls: { mode: 'Disabled' } } } }), { responderPort: 80 })).toEqual([])
})

test('without an edge nobody calls the API but the named namespaces', () => {
  const none = { ingress: { provider: 'None' as const } }
  const toApi = (instance: FiniaInstance) => flows(instance).filter((flow) => flow.endsWith('api:8000'))
  expect(toApi(anInstance({ spec: none }))).toEqual([])
  expect(toApi(anInstance({ spec: { ...none, networkPolicy: { ingressFrom: [{ team: 'web' }] } } }))).toEqual(['web → api:8000'])
})

const externalAt = (cidrs: string[]) =>
  anInstance({ spec: { database: { mode: 'External', external: { primary: { host: 'db.example.com', port: 3307 }, adminSecretName: 'a', cidrs } } } })

test('an external database is reached at its addresses and on its port only, or anywhere on that port', () => {
  const outward = (instance: FiniaInstance) => flows(instance, [3306, 3307]).filter((flow) => /^(api|migrate) → (outside|elsewhere)/.test(flow))
  expect(outward(externalAt(['192.0.2.0/24']))).toEqual(['api → outside:3307', 'migrate → outside:3307'])
  expect(outward(externalAt([]))).toEqual(['api → outside:3307', 'api → elsewhere:3307', 'migrate → outside:3307', 'migrate → elsewhere:3307'])
})

test('the replicas of an external database are reached by the API alone', () => {
  const external = { primary: { host: 'db', port: 3307 }, replicas: [{ host: 'db2', port: 3306 }], adminSecretName: 'a', cidrs: ['192.0.2.0/24'] }
  const instance = anInstance({ spec: { database: { mode: 'External', external } } })
  const outward = flows(instance, [3306, 3307]).filter((flow) => flow.includes('outside') || flow.includes('elsewhere'))
  expect(outward.filter((flow) => /^(api|migrate)/.test(flow)).sort()).toEqual(['api → outside:3306', 'api → outside:3307', 'migrate → outside:3307'])
})

test('while nobody knows where the API server is, the agent may look for it on the usual ports', () => {
  const policies = networkPolicies(anInstance(), { ...surroundings, apiServer: [] })
  const mayReach = (from: Component, port: number) => isOpen(policies, 'Egress', placeOf(from), { address: '198.51.100.7' }, port, 'TCP')
  expect([mayReach('edge', 443), mayReach('edge', 6443), mayReach('edge', 3306), mayReach('api', 6443)]).toEqual([true, true, false, false])
})

test('every pod of ours may ask for names', () => {
  const policies = networkPolicies(anInstance(), surroundings)
  for (const component of ['api', 'edge', 'database', 'migrate'] as const) {
    for (const protocol of ['UDP', 'TCP']) {
      expect(
        isOpen(policies, 'Egress', placeOf(component), { pod: { app: 'dns' }, namespace: { 'kubernetes.io/metadata.name': 'kube-system' } }, 53, protocol),
      ).toBe(true)
    }
  }
})

test('there is none when the instance wants none', () => {
  expect(networkPolicies(anInstance({ spec: { networkPolicy: { enabled: false } } }), surroundings)).toEqual([])
})
