// The edge for NGINX's own controller: a master Ingress for the host, and a minion for each path, since the controller takes a host only once.
import { bytes, seconds } from '../../amounts.ts'
import type { FiniaInstance } from '../../crd/kinds.ts'
import { apiName, edgeApiName, edgeLoginName, edgeName, edgeUiName } from '../../names.ts'
import { ciphers } from '../ciphers.ts'
import type { Child } from '../index.ts'
import { isSecure } from '../public-url.ts'
import { ingressChild, paths } from './ingress.ts'

type Annotations = Readonly<Record<string, string>>

const annotated = (settings: Annotations): Annotations => Object.fromEntries(Object.entries(settings).map(([name, value]) => [`nginx.org/${name}`, value]))

/** What holds for the host: a minion may not say it. */
const master = (instance: FiniaInstance): Annotations => ({
  'mergeable-ingress-type': 'master',
  'ssl-redirect': String(isSecure(instance)),
  ...(isSecure(instance) && { 'ssl-ciphers': ciphers, 'ssl-prefer-server-ciphers': 'false' }),
})

const minion = (instance: FiniaInstance): Annotations => {
  const { limits, timeouts } = instance.spec.ingress
  return {
    'mergeable-ingress-type': 'minion',
    'client-max-body-size': String(bytes(limits.bodySize)),
    'proxy-connect-timeout': `${seconds(timeouts.connect)}s`,
    'proxy-read-timeout': `${seconds(timeouts.read)}s`,
    'proxy-send-timeout': `${seconds(timeouts.send)}s`,
    'lb-method': 'least_conn',
    'websocket-services': apiName(instance),
  }
}

/** `scale` divides the rate by the controller's pods, so that it holds for all of them together. */
const limit = (rate: number, unit: 'r/s' | 'r/m', burst: number): Annotations =>
  rate === 0
    ? {}
    : {
        'limit-req-rate': `${rate}${unit}`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of nginx
        'limit-req-key': '${binary_remote_addr}',
        'limit-req-zone-size': '10m',
        ...(burst > 0 && { 'limit-req-burst': String(burst), 'limit-req-no-delay': 'true' }),
        'limit-req-reject-code': '429',
        'limit-req-scale': 'true',
      }

export const nginxF5Children = (instance: FiniaInstance): readonly Child[] => {
  const { requestsPerSecond, burst, loginsPerMinute, loginBurst } = instance.spec.ingress.limits
  const route = (name: string, path: string, limits: Annotations) =>
    ingressChild(instance, { name, path, tls: false, annotations: annotated({ ...minion(instance), ...limits }) })
  return [
    ingressChild(instance, { name: edgeName(instance), tls: true, annotations: annotated(master(instance)) }),
    route(edgeUiName(instance), paths.ui, {}),
    route(edgeApiName(instance), paths.api, limit(requestsPerSecond, 'r/s', burst)),
    route(edgeLoginName(instance), paths.login, limit(loginsPerMinute, 'r/m', loginBurst)),
  ]
}
