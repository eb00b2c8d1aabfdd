// Who may talk to whom: nobody, and then exactly the flows that there are. The kubelet's probes need no leave.
import type { V1LabelSelector, V1NetworkPolicyPort } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import type { KubeObject } from '../deps.ts'
import { apiName, type Component, databaseName, denyAllName, dnsName, edgeName, labels, migrateName, ports, selectorLabels } from '../names.ts'
import { type DatabaseAddress, databaseAddress, replicaAddresses } from './database-address.ts'
import { childMetadata } from './metadata.ts'
import { isSecure } from './public-url.ts'

export interface ApiServerAddress {
  readonly address: string
  readonly port: number
}

interface Peer {
  readonly podSelector?: V1LabelSelector
  readonly namespaceSelector?: V1LabelSelector
  readonly ipBlock?: { readonly cidr: string }
}

/** As Kubernetes spells it; client-node's type says `_from`. No peer = anybody. */
interface Flow {
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
  readonly ports: readonly V1NetworkPolicyPort[]
}

export interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector: V1LabelSelector
    readonly policyTypes: readonly ('Ingress' | 'Egress')[]
    readonly ingress?: readonly Flow[]
    readonly egress?: readonly Flow[]
  }
}

const tcp = (...numbers: readonly number[]): V1NetworkPolicyPort[] => numbers.map((port) => ({ protocol: 'TCP', port }))

const policy = (instance: FiniaInstance, name: string, component: Component, spec: NetworkPolicy['spec']): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: childMetadata(instance, name, component),
  spec,
})

const podsOf = (instance: FiniaInstance, component: Component): V1LabelSelector => ({ matchLabels: selectorLabels(instance.metadata.name, component) })

const allPods = (instance: FiniaInstance): V1LabelSelector => ({ matchLabels: { [labels.name]: 'finia', [labels.instance]: instance.metadata.name } })

const namespaces = (selectors: readonly Readonly<Record<string, string>>[]): Peer[] =>
  selectors.map((matchLabels) => ({ namespaceSelector: { matchLabels: { ...matchLabels } } }))

const operatorPods = (operatorNamespace: string): Peer[] => namespaces([{ 'kubernetes.io/metadata.name': operatorNamespace }])

const denyAll = (instance: FiniaInstance) =>
  policy(instance, denyAllName(instance), 'configuration', { podSelector: allPods(instance), policyTypes: ['Ingress', 'Egress'] })

const dns = (instance: FiniaInstance) =>
  policy(instance, dnsName(instance), 'configuration', {
    podSelector: allPods(instance),
    policyTypes: ['Egress'],
    egress: [
      {
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  })

/** To the managed server's pods, or to the addresses of somebody else's, which may be anywhere when none are given. */
const toDatabase = (instance: FiniaInstance, others: readonly DatabaseAddress[] = []): Flow => {
  const { mode, external } = instance.spec.database
  const { port } = databaseAddress(instance)
  if (mode === 'Managed') return { to: [{ podSelector: podsOf(instance, 'database') }], ports: tcp(port) }
  const cidrs = external?.cidrs ?? []
  return { ...(cidrs.length > 0 && { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }), ports: tcp(...new Set([port, ...others.map((other) => other.port)])) }
}

const api = (instance: FiniaInstance, operatorNamespace: string) => {
  const { ingress, networkPolicy } = instance.spec
  const callers: Peer[] = ingress.provider === 'Managed' ? [{ podSelector: podsOf(instance, 'edge') }] : namespaces(networkPolicy.ingressFrom)
  const watchers = [...operatorPods(operatorNamespace), ...namespaces(networkPolicy.monitoringFrom)]
  return policy(instance, apiName(instance), 'api', {
    podSelector: podsOf(instance, 'api'),
    policyTypes: ['Ingress', 'Egress'],
    // A flow without a peer would let everybody in.
    ingress: [...(callers.length > 0 ? [{ from: callers, ports: tcp(ports.api) }] : []), { from: watchers, ports: tcp(ports.management) }],
    egress: [toDatabase(instance, replicaAddresses(instance))],
  })
}

const migrate = (instance: FiniaInstance) =>
  policy(instance, migrateName(instance), 'migrate', {
    podSelector: podsOf(instance, 'migrate'),
    policyTypes: ['Egress'],
    egress: [toDatabase(instance)],
  })

const database = (instance: FiniaInstance, operatorNamespace: string) =>
  policy(instance, databaseName(instance), 'database', {
    podSelector: podsOf(instance, 'database'),
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{ podSelector: podsOf(instance, 'api') }, { podSelector: podsOf(instance, 'migrate') }, ...operatorPods(operatorNamespace)],
        ports: tcp(ports.database),
      },
    ],
  })

/** A Service's address is translated before a policy looks at it, so its endpoints count. Unknown: anywhere, on the usual ports. */
const toApiServer = (servers: readonly ApiServerAddress[]): readonly Flow[] => {
  if (servers.length === 0) return [{ ports: tcp(443, 6443) }]
  return servers.map(({ address, port }) => ({ to: [{ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } }], ports: tcp(port) }))
}

/** Pods of cert-manager that answer a challenge for an hour at most; they listen on this port. */
const solvers: Flow = { to: [{ podSelector: { matchLabels: { [labels.solver]: 'true' } } }], ports: tcp(8089) }

/** Wherever it is: a policy knows no names. */
const responder = (port: number): Flow => ({ ports: tcp(port) })

const edge = (instance: FiniaInstance, { operatorNamespace, apiServer, responderPort }: Surroundings) => {
  const { ingressFrom, monitoringFrom } = instance.spec.networkPolicy
  return policy(instance, edgeName(instance), 'edge', {
    podSelector: podsOf(instance, 'edge'),
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        ...(ingressFrom.length > 0 && { from: [...namespaces(ingressFrom), ...operatorPods(operatorNamespace)] }),
        ports: isSecure(instance) ? tcp(ports.edgeHttp, ports.edgeHttps) : tcp(ports.edgeHttp),
      },
      { from: [...operatorPods(operatorNamespace), ...namespaces(monitoringFrom)], ports: tcp(ports.edgeAgent) },
    ],
    egress: [
      { to: [{ podSelector: podsOf(instance, 'api') }], ports: tcp(ports.api) },
      ...toApiServer(apiServer),
      ...(instance.spec.ingress.tls.mode === 'CertManager' ? [solvers] : []),
      ...(responderPort && isSecure(instance) ? [responder(responderPort)] : []),
    ],
  })
}

interface Surroundings {
  readonly operatorNamespace: string
  readonly apiServer: readonly ApiServerAddress[]
  /** Of the OCSP responder that the certificate names. */
  readonly responderPort?: number
}

/** None when the instance wants none. */
export const networkPolicies = (instance: FiniaInstance, surroundings: Surroundings): readonly NetworkPolicy[] => {
  const { operatorNamespace } = surroundings
  const { networkPolicy, ingress, database: data } = instance.spec
  if (!networkPolicy.enabled) return []
  return [
    denyAll(instance),
    dns(instance),
    api(instance, operatorNamespace),
    migrate(instance),
    ...(data.mode === 'Managed' ? [database(instance, operatorNamespace)] : []),
    ...(ingress.provider === 'Managed' ? [edge(instance, surroundings)] : []),
  ]
}
