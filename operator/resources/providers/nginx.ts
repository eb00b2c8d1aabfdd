// The edge as Ingress objects with the annotations of ingress-nginx, which Traefik reads too. One object for each limit, for annotations hold for all of an object's
// paths. No snippets: who may write them may read every Secret that the controller sees. No headers: the API alone sends them.
import { bytes, seconds } from '../../amounts.ts'
import type { FiniaInstance } from '../../crd/kinds.ts'
import { edgeApiName, edgeLoginName, edgeName } from '../../names.ts'
import { ciphers } from '../ciphers.ts'
import type { Child } from '../index.ts'
import { isSecure } from '../public-url.ts'
import { ingressChild, paths } from './ingress.ts'

type Annotations = Readonly<Record<string, string>>

const annotated = (settings: Annotations): Annotations =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`nginx.ingress.kubernetes.io/${name}`, value]))

const common = (instance: FiniaInstance): Annotations => {
  const { limits, timeouts } = instance.spec.ingress
  return {
    'ssl-redirect': String(isSecure(instance)),
    ...(isSecure(instance) && { 'ssl-ciphers': ciphers, 'ssl-prefer-server-ciphers': 'false' }),
    'proxy-body-size': String(bytes(limits.bodySize)),
    'proxy-connect-timeout': String(seconds(timeouts.connect)),
    'proxy-read-timeout': String(seconds(timeouts.read)),
    'proxy-send-timeout': String(seconds(timeouts.send)),
  }
}

/** A burst is told as a multiple of the rate, so the nearest one is taken. */
export const burstMultiplier = (rate: number, burst: number): number => Math.max(1, Math.round(burst / rate))

const limit = (unit: 'limit-rps' | 'limit-rpm', rate: number, burst: number): Annotations =>
  rate > 0 ? { [unit]: String(rate), 'limit-burst-multiplier': String(burstMultiplier(rate, burst)) } : {}

export const nginxChildren = (instance: FiniaInstance): readonly Child[] => {
  const { requestsPerSecond, burst, loginsPerMinute, loginBurst } = instance.spec.ingress.limits
  const route = (name: string, path: string, limits: Annotations) =>
    ingressChild(instance, { name, path, tls: true, annotations: annotated({ ...common(instance), ...limits }) })
  return [
    route(edgeName(instance), paths.ui, {}),
    route(edgeApiName(instance), paths.api, limit('limit-rps', requestsPerSecond, burst)),
    route(edgeLoginName(instance), paths.login, limit('limit-rpm', loginsPerMinute, loginBurst)),
  ]
}
