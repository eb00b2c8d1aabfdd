// Which pods nginx passes requests on to, out of EndpointSlices (discovery.k8s.io/v1).
import { isIP } from 'node:net'
import type { KubeObject } from '../deps.ts'

interface Endpoint {
  readonly addresses?: readonly string[]
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
}

/** The lists of a Service without pods are null. */
export interface EndpointSlice extends KubeObject {
  readonly addressType?: string
  readonly endpoints?: readonly Endpoint[] | null
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[] | null
}

/** `address:port` as nginx writes it. */
export type Server = string

const serverAt = (address: string, port: number): Server => (isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`)

/** No word about being ready means ready (API reference of EndpointConditions). */
const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false

const serversOfSlice = ({ endpoints, ports }: EndpointSlice, portName: string | undefined): readonly Server[] => {
  const port = ports?.find(({ name, protocol = 'TCP' }) => protocol === 'TCP' && (portName === undefined || name === portName))?.port
  if (port === undefined) return []
  // what is no address, such as a name (addressType FQDN), would be configuration
  const addresses = (endpoints ?? []).filter(isReady).flatMap(({ addresses: [first] = [] }) => (first !== undefined && isIP(first) !== 0 ? [first] : []))
  return addresses.map((address) => serverAt(address, port))
}

/** The servers of ready endpoints, each once, in an order that depends on nothing but themselves. */
export const serversOf = (slices: Iterable<EndpointSlice>, portName?: string): readonly Server[] =>
  [...new Set([...slices].flatMap((slice) => serversOfSlice(slice, portName)))].sort()

/** The servers of an upstream block. nginx refuses a block without any, so nobody is a server that is down: it answers 502. */
export const upstreamText = (servers: readonly Server[]): string =>
  servers.length === 0 ? 'server 127.0.0.1:1 down;\n' : servers.map((server) => `server ${server} max_fails=3 fail_timeout=30s;\n`).join('')
