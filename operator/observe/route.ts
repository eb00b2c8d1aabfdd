// What an edge of somebody else's answers: where its controller says that it listens, asked as a person would.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Deps, KubeObject } from '../deps.ts'
import { edgeName } from '../names.ts'
import { kinds } from '../resources/kinds.ts'
import { isSecure } from '../resources/public-url.ts'
import type { EdgeState, Owned } from './facts.ts'
import type { Trust } from './secrets.ts'

interface Place {
  readonly address: string
  readonly port: number
}

interface Ingress extends KubeObject {
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] } }
}

interface Gateway extends KubeObject {
  readonly spec?: { readonly listeners?: readonly { readonly name: string; readonly port: number }[] }
  readonly status?: { readonly addresses?: readonly { readonly value?: string }[] }
}

const ofIngress = (instance: FiniaInstance, children: readonly Owned[]): Place | undefined => {
  const found = children.find(({ resource, object }) => resource === kinds.ingress && object.metadata.name === edgeName(instance))?.object as
    | Ingress
    | undefined
  const [first] = found?.status?.loadBalancer?.ingress ?? []
  const address = first?.ip ?? first?.hostname
  return address ? { address, port: isSecure(instance) ? 443 : 80 } : undefined
}

/** Asked for, since a Gateway is somebody else's and in no cache of ours. A cluster without the kind has none. */
async function ofGateway({ kube, cache }: Pick<Deps, 'kube' | 'cache'>, { metadata, spec }: FiniaInstance): Promise<Place | undefined> {
  const { gateway } = spec.ingress
  if (!gateway || !cache.serves(kinds.httpRoute)) return undefined
  const found = await kube.get<Gateway>({ resource: kinds.gateway, namespace: metadata.namespace, name: gateway.name })
  const address = found?.status?.addresses?.[0]?.value
  const port = found?.spec?.listeners?.find(({ name }) => name === gateway.sectionName)?.port
  return address && port ? { address, port } : undefined
}

/** Undefined while nobody has said where it listens. Without `trust`, whom the system trusts is believed. */
export async function askRoute(deps: Deps, instance: FiniaInstance, children: readonly Owned[], trust: Trust | undefined): Promise<EdgeState> {
  const { provider, host } = instance.spec.ingress
  if (provider === 'None' || provider === 'Managed') return undefined
  const place = provider === 'Gateway' ? await ofGateway(deps, instance) : ofIngress(instance, children)
  if (!place) return undefined
  return deps.edgeProbe.ask({ ...place, host, ...trust })
}
