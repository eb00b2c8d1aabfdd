// The edge as routes of the Gateway API (gateway.networking.k8s.io/v1). TLS and who may attach are the Gateway's; rate limits are not in the Gateway API.
import { seconds } from '../../amounts.ts'
import type { FiniaInstance } from '../../crd/kinds.ts'
import type { KubeObject } from '../../deps.ts'
import { apiName, edgeName, edgeRedirectName } from '../../names.ts'
import type { Child } from '../index.ts'
import { kinds } from '../kinds.ts'
import { childMetadata } from '../metadata.ts'
import { isSecure } from '../public-url.ts'

interface ParentRef {
  readonly group: 'gateway.networking.k8s.io'
  readonly kind: 'Gateway'
  readonly name: string
  readonly sectionName: string
}

type HttpRule = {
  readonly matches: readonly { readonly path: { readonly type: 'PathPrefix'; readonly value: string } }[]
} & (
  | {
      readonly backendRefs: readonly { readonly kind: 'Service'; readonly name: string; readonly port: number; readonly weight: number }[]
      readonly timeouts: { readonly request: string }
    }
  | { readonly filters: readonly { readonly type: 'RequestRedirect'; readonly requestRedirect: { readonly scheme: 'https'; readonly statusCode: 301 } }[] }
)

export interface HttpRoute extends KubeObject {
  readonly spec: { readonly parentRefs: readonly ParentRef[]; readonly hostnames: readonly string[]; readonly rules: readonly HttpRule[] }
}

/** As the Gateway API writes a time span: five digits for each unit at most. */
const span = (total: number): string => {
  const parts = [Math.min(99_999, Math.floor(total / 3600)), Math.floor((total % 3600) / 60), total % 60]
  return parts.map((count, index) => (count > 0 ? `${count}${['h', 'm', 's'][index]}` : '')).join('')
}

/** The Gateway API knows one time for a whole request: as long as connecting, sending and reading may take together. */
export const wholeRequest = ({ spec }: FiniaInstance): string => {
  const { connect, send, read } = spec.ingress.timeouts
  return span(seconds(connect) + seconds(send) + seconds(read))
}

const everyPath = [{ path: { type: 'PathPrefix', value: '/' } }] as const

const route = (instance: FiniaInstance, name: string, sectionName: string, rule: HttpRule): Child => {
  const { host, gateway } = instance.spec.ingress
  const manifest: HttpRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: childMetadata(instance, name, 'edge'),
    spec: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway?.name ?? '', sectionName }],
      hostnames: [host],
      rules: [rule],
    },
  }
  return { resource: kinds.httpRoute, manifest }
}

export const gatewayChildren = (instance: FiniaInstance): readonly Child[] => {
  const { gateway } = instance.spec.ingress
  if (!gateway) return []
  const toApi: HttpRule = {
    matches: everyPath,
    backendRefs: [{ kind: 'Service', name: apiName(instance), port: 80, weight: 1 }],
    timeouts: { request: wholeRequest(instance) },
  }
  const toHttps: HttpRule = { matches: everyPath, filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }
  const { sectionName, httpSectionName } = gateway
  return [
    route(instance, edgeName(instance), sectionName, toApi),
    ...(httpSectionName && isSecure(instance) ? [route(instance, edgeRedirectName(instance), httpSectionName, toHttps)] : []),
  ]
}
