// Where the API server listens: what its own EndpointSlice in the namespace default says.
import type { Deps, KubeObject } from '../deps.ts'
import { kinds } from '../resources/kinds.ts'

interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[]
  readonly ports?: readonly { readonly port?: number }[]
}

/** Empty when there is no such slice. */
export async function observeApiServer({ kube }: Pick<Deps, 'kube'>): Promise<readonly { readonly address: string; readonly port: number }[]> {
  const slice = await kube.get<EndpointSlice>({ resource: kinds.endpointSlice, namespace: 'default', name: 'kubernetes' })
  const addresses = (slice?.endpoints ?? []).flatMap(({ addresses: all = [] }) => all).sort()
  return addresses.flatMap((address) => (slice?.ports ?? []).flatMap(({ port }) => (port === undefined ? [] : [{ address, port }])))
}
