// What a Gateway enforces by its routes, and who enforces the rest.
import type { FiniaInstance } from '../../crd/kinds.ts'
import { wholeRequest } from '../../resources/providers/gateway.ts'
import {
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
  tlsRows,
  unsupported,
} from './rows.ts'

const noLimits = 'The Gateway API has no rate limits.'

const redirect = ({ spec }: FiniaInstance): Row =>
  spec.ingress.gateway?.httpSectionName
    ? edge(`301 from http to https, at the listener "${spec.ingress.gateway.httpSectionName}".`)
    : unsupported('No listener for plain http is named in spec.ingress.gateway.httpSectionName.')

const tls = (instance: FiniaInstance): TlsRows => ({
  TLSVersions: unsupported('Only the listener of the Gateway decides.'),
  TLSCiphers: unsupported('Only the listener of the Gateway decides.'),
  OCSPStapling: unsupported('Not in the Gateway API.'),
  HTTPSRedirect: redirect(instance),
})

export const gatewayRows = (instance: FiniaInstance): Rows => ({
  ...rowsOfApi(instance),
  RequestRateLimit: requestsByApi(instance, isClientTold(instance), noLimits),
  LoginRateLimit: loginsByApi(instance, isClientTold(instance), noLimits),
  WebSocket: edge('Passed on by most gateways, within the time of a whole request.'),
  Timeouts: unsupported(
    `The route asks for ${wholeRequest(instance)} for a whole request, which a gateway may heed or not, and FiniA cannot tell: Traefik does not.`,
  ),
  BodySize: bodiesByApi(instance, 'The Gateway API has no limit on bodies.'),
  LoadBalancing: edge("The gateway's own way."),
  ClientAddress: clientByApi(instance),
  ...tlsRows(instance, tls(instance)),
})
