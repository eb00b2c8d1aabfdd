// What is enforced without an edge.
import type { FiniaInstance } from '../../crd/kinds.ts'
import { api, bodiesByApi, clientByApi, isClientTold, loginsByApi, type Rows, requestsByApi, rowsOfApi, unsupported, withoutTls } from './rows.ts'

const noEdge = 'There is no edge.'

export const noRows = (instance: FiniaInstance): Rows => ({
  ...rowsOfApi(instance),
  RequestRateLimit: requestsByApi(instance, isClientTold(instance), noEdge),
  LoginRateLimit: loginsByApi(instance, isClientTold(instance), noEdge),
  WebSocket: unsupported('Up to whoever forwards to the API.'),
  Timeouts: api('The API waits 2 minutes for a request to have arrived.'),
  BodySize: bodiesByApi(instance, noEdge),
  LoadBalancing: unsupported('Only by the Service, connection by connection.'),
  ClientAddress: clientByApi(instance),
  ...withoutTls(instance),
})
