// What NGINX's own controller enforces, by annotations of nginx.org.
import type { FiniaInstance } from '../../crd/kinds.ts'
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

const counted = 'for each client address as the controller sees it, then 429. The rate is divided by the pods of the controller.'

const requests = (instance: FiniaInstance): Row => {
  const { requestsPerSecond, burst } = instance.spec.ingress.limits
  if (requestsPerSecond === 0) return requestsByApi(instance, isClientTold(instance), 'Off at the edge.')
  return edge(`${requestsPerSecond} requests to the API a second and ${burst} at once ${counted}`)
}

const logins = (instance: FiniaInstance): Row => {
  const { loginsPerMinute, loginBurst } = instance.spec.ingress.limits
  if (loginsPerMinute === 0) return loginsByApi(instance, isClientTold(instance), 'Off at the edge.')
  return edge(`${loginsPerMinute} logins a minute and ${loginBurst} at once ${counted}${besidesTheApi(instance, isClientTold(instance))}`)
}

const body = (instance: FiniaInstance): Row => {
  const { bodySize } = instance.spec.ingress.limits
  return Number.parseFloat(bodySize) === 0 ? bodiesByApi(instance, 'Off at the edge.') : edge(`${bodySize} at most, then 413; the API has a limit of its own.`)
}

const tls: TlsRows = {
  TLSVersions: unsupported('Only the settings of the controller decide (ssl-protocols).'),
  TLSCiphers: edge('By annotation, for TLS 1.2.'),
  OCSPStapling: unsupported('The controller has no setting for it.'),
  HTTPSRedirect: edge('301 from http to https.'),
}

export const nginxF5Rows = (instance: FiniaInstance): Rows => ({
  ...rowsOfApi(instance),
  RequestRateLimit: requests(instance),
  LoginRateLimit: logins(instance),
  WebSocket: edge('Passed on, by annotation.'),
  Timeouts: edge(`By annotation: ${timeouts(instance)}`),
  BodySize: body(instance),
  LoadBalancing: edge('Least connections, by annotation.'),
  ClientAddress: clientByApi(instance),
  ...tlsRows(instance, tls),
})
