// What a controller enforces that reads the annotations of ingress-nginx. Whatever its own settings decide is not FiniA's to say.
import type { FiniaInstance } from '../../crd/kinds.ts'
import { burstMultiplier } from '../../resources/providers/nginx.ts'
import {
  besidesTheApi,
  bodiesByApi,
  clientByApi,
  edge,
  isClientTold,
  loginsByApi,
  type Row,
  type Rows,
  requestsByApi,
  rowsOfApi,
  type TlsRows,
  timeouts,
  tlsRows,
  unsupported,
} from './rows.ts'

const counted =
  "as the controller sees it, then 503, or what its setting limit-req-status-code says (Traefik: 429). Each of the controller's pods counts for itself."

const requests = (instance: FiniaInstance): Row => {
  const { requestsPerSecond, burst } = instance.spec.ingress.limits
  if (requestsPerSecond === 0) return requestsByApi(instance, isClientTold(instance), 'Off at the edge.')
  const real = requestsPerSecond * burstMultiplier(requestsPerSecond, burst)
  return edge(`${requestsPerSecond} requests to the API a second and ${real} at once for each client address ${counted}`)
}

const logins = (instance: FiniaInstance): Row => {
  const { loginsPerMinute, loginBurst } = instance.spec.ingress.limits
  if (loginsPerMinute === 0) return loginsByApi(instance, isClientTold(instance), 'Off at the edge.')
  const real = loginsPerMinute * burstMultiplier(loginsPerMinute, loginBurst)
  return edge(`${loginsPerMinute} logins a minute and ${real} at once for each client address ${counted}${besidesTheApi(instance, isClientTold(instance))}`)
}

const body = (instance: FiniaInstance): Row => {
  const { bodySize } = instance.spec.ingress.limits
  return Number.parseFloat(bodySize) === 0
    ? bodiesByApi(instance, 'Off at the edge.')
    : edge(`${bodySize} at most, then 413, by annotation (Traefik only where request buffering is on); the API has a limit of its own.`)
}

const tls: TlsRows = {
  TLSVersions: unsupported('Only the settings of the controller decide (ssl-protocols).'),
  TLSCiphers: unsupported('Asked for by annotation: ingress-nginx heeds it for TLS 1.2, Traefik does not, and FiniA cannot tell one from the other.'),
  OCSPStapling: unsupported('Only the settings of the controller decide (enable-ocsp).'),
  HTTPSRedirect: edge('308 from http to https.'),
}

export const nginxRows = (instance: FiniaInstance): Rows => ({
  ...rowsOfApi(instance),
  RequestRateLimit: requests(instance),
  LoginRateLimit: logins(instance),
  WebSocket: edge('Passed on by the controller.'),
  Timeouts: edge(`By annotation: ${timeouts(instance)}`),
  BodySize: body(instance),
  LoadBalancing: edge("The controller's own way; least connections are not to be had by annotation."),
  ClientAddress: clientByApi(instance),
  ...tlsRows(instance, tls),
})
