// What the nginx that the operator runs enforces.
import type { FiniaInstance } from '../../crd/kinds.ts'
import { knowsClients } from '../../resources/nginx/limits.ts'
import {
  besidesTheApi,
  bodiesByApi,
  type Certificate,
  edge,
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

/** How often a limit is counted. */
const counted = ({ spec }: FiniaInstance): string => {
  const { managed, trustedProxies } = spec.ingress
  if (managed.replicas === 1) return 'Counted by the one nginx.'
  // Who comes through a proxy is sent to any of them.
  if (trustedProxies.length > 0) return `Each of ${managed.replicas} nginx counts for itself, and a client may meet all of them.`
  return `Each of ${managed.replicas} nginx counts for itself; the Service leads an address to one of them.`
}

const hidden =
  'externalTrafficPolicy Cluster hides client addresses from nginx, which counts nobody: set it to Local, or name the proxies in spec.ingress.trustedProxies.'

const requests = (instance: FiniaInstance): Row => {
  const { requestsPerSecond, burst } = instance.spec.ingress.limits
  if (!knowsClients(instance)) return requestsByApi(instance, false, hidden)
  if (requestsPerSecond === 0) return requestsByApi(instance, true, 'Off at the edge.')
  return edge(`${requestsPerSecond} requests to the API a second and ${burst} at once for each client address, then 429. ${counted(instance)}`)
}

const logins = (instance: FiniaInstance): Row => {
  const { loginsPerMinute, loginBurst } = instance.spec.ingress.limits
  if (!knowsClients(instance)) return loginsByApi(instance, false, hidden)
  if (loginsPerMinute === 0) return loginsByApi(instance, true, 'Off at the edge.')
  return edge(
    `${loginsPerMinute} logins a minute and ${loginBurst} at once for each client address, then 429. ${counted(instance)}${besidesTheApi(instance, true)}`,
  )
}

const client = (instance: FiniaInstance): Row => {
  const { trustedProxies } = instance.spec.ingress
  if (!knowsClients(instance)) return unsupported(`${hidden} The API counts sessions and accounts instead.`)
  return edge(
    trustedProxies.length > 0
      ? `nginx believes X-Forwarded-For from ${trustedProxies.join(', ')}, and nobody else; the API believes nginx by its key.`
      : 'Whoever connects to nginx is the client; the API believes nginx by its key.',
  )
}

const stapling = ({ spec }: FiniaInstance, certificate: Certificate | undefined): Row => {
  if (spec.ingress.tls.mode === 'SelfSigned') return unsupported("The instance's own CA has no responder.")
  if (!certificate) return unsupported('There is no certificate yet.')
  return certificate.responderPort
    ? edge('nginx staples what it could verify of what the responder says that the certificate names.')
    : unsupported('The certificate names no responder; those of Let’s Encrypt name none.')
}

const tls = (instance: FiniaInstance, certificate: Certificate | undefined): TlsRows => ({
  TLSVersions: edge('TLS 1.2 and 1.3.'),
  TLSCiphers: edge('ECDHE with AES-GCM or ChaCha20-Poly1305.'),
  OCSPStapling: stapling(instance, certificate),
  HTTPSRedirect: edge('301 from http to https.'),
})

const body = (instance: FiniaInstance): Row => {
  const { bodySize } = instance.spec.ingress.limits
  return Number.parseFloat(bodySize) === 0 ? bodiesByApi(instance, 'Off at the edge.') : edge(`${bodySize} at most, then 413; the API has a limit of its own.`)
}

export const managedRows = (instance: FiniaInstance, certificate: Certificate | undefined): Rows => ({
  ...rowsOfApi(instance),
  SecurityHeaders: { by: 'API', detail: 'On all that the API answers; nginx sends them on its own redirects and errors.' },
  RequestRateLimit: requests(instance),
  LoginRateLimit: logins(instance),
  WebSocket: edge('Passed on.'),
  Timeouts: edge(timeouts(instance)),
  BodySize: body(instance),
  StaticCaching: edge('nginx keeps files of the web UI for a day, so that those of the release before stay at hand; browsers keep them for a year.'),
  Compression: edge('Texts are compressed on the way, but for the answer to a login.'),
  LoadBalancing: edge('Least connections, over the pods of the API that are ready.'),
  ClientAddress: client(instance),
  ...tlsRows(instance, tls(instance, certificate)),
})
