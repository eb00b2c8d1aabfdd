// The edges that are somebody else's: for each, what is to be applied so that it leads to the API.
import type { FiniaInstance } from '../../crd/kinds.ts'
import type { Child } from '../index.ts'
import { gatewayChildren } from './gateway.ts'
import { nginxChildren } from './nginx.ts'
import { nginxF5Children } from './nginx-f5.ts'

export type Provider = FiniaInstance['spec']['ingress']['provider']

/** An edge, rendered: the same instance gives the same manifests. */
type Renderer = (instance: FiniaInstance) => readonly Child[]

const none: Renderer = () => []

/** Managed is not among them: its pods need what a plan has decided. */
const renderers: Readonly<Record<Exclude<Provider, 'Managed'>, Renderer>> = {
  Nginx: nginxChildren,
  NginxF5: nginxF5Children,
  Gateway: gatewayChildren,
  None: none,
}

export const routeChildren = (instance: FiniaInstance): readonly Child[] => {
  const { provider } = instance.spec.ingress
  return provider === 'Managed' ? [] : renderers[provider](instance)
}
