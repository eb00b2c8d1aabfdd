// What the managed edge answers: its Service, asked as a person would, and the agent of each of its pods.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Deps, EdgeReport, KubeObject } from '../deps.ts'
import { edgeName, ports, selectorLabels } from '../names.ts'
import { kinds } from '../resources/kinds.ts'
import { isSecure } from '../resources/public-url.ts'
import type { EdgePod, EdgeState, Owned } from './facts.ts'
import { readTrust, type Trust } from './secrets.ts'

interface Deployment extends KubeObject {
  readonly status?: { readonly readyReplicas?: number }
}

interface Pod extends KubeObject {
  readonly status?: { readonly podIP?: string }
}

/** By what an answer of the edge is believed; undefined while there is no certificate that it could serve. */
export async function edgeTrust(deps: Deps, instance: FiniaInstance, ownCa: string | undefined): Promise<Trust | undefined> {
  if (!isSecure(instance)) return { plain: true }
  if (instance.spec.ingress.tls.mode === 'SelfSigned') return ownCa === undefined ? undefined : { ca: ownCa }
  return readTrust(deps, instance)
}

/** Undefined while no pod is ready, or none can have a certificate. */
export async function askEdge(deps: Deps, instance: FiniaInstance, children: readonly Owned[], trust: Trust | undefined): Promise<EdgeState> {
  const edge = children.find(({ resource, object }) => resource === kinds.deployment && object.metadata.name === edgeName(instance))?.object as
    | Deployment
    | undefined
  if (!trust || !edge?.status?.readyReplicas) return undefined
  const address = `${edgeName(instance)}.${instance.metadata.namespace}.svc`
  return deps.edgeProbe.ask({ address, port: trust.plain ? 80 : 443, host: instance.spec.ingress.host, ...trust })
}

/** Those that answer; one that is out of reach says nothing, and holds nobody up. */
export async function edgePods(deps: Deps, instance: FiniaInstance): Promise<readonly EdgePod[]> {
  if (instance.spec.ingress.provider !== 'Managed') return []
  const pods = deps.cache.list<Pod>(kinds.pod, instance.metadata.namespace, selectorLabels(instance.metadata.name, 'edge'))
  const asked = pods.map(async ({ metadata, status }): Promise<readonly EdgePod[]> => {
    if (!status?.podIP || metadata.deletionTimestamp) return []
    const report: EdgeReport | { readonly failure: string } = await deps.edgeProbe.state({ address: status.podIP, port: ports.edgeAgent })
    return 'failure' in report ? [] : [{ pod: metadata.name, report }]
  })
  return (await Promise.all(asked)).flat().sort((one, other) => (one.pod < other.pod ? -1 : 1))
}
