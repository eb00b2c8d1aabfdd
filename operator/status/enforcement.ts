// Where each protection is enforced: at the edge, by the API, or by nobody whom FiniA can tell. It says what is rendered, and a test holds the two together.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Enforcement } from '../crd/status.ts'
import { gatewayRows } from './enforcement/gateway.ts'
import { managedRows } from './enforcement/managed.ts'
import { nginxRows } from './enforcement/nginx.ts'
import { nginxF5Rows } from './enforcement/nginx-f5.ts'
import { noRows } from './enforcement/none.ts'
import type { Protection, Rows } from './enforcement/rows.ts'

const tables: Readonly<Record<FiniaInstance['spec']['ingress']['provider'], (instance: FiniaInstance) => Rows>> = {
  Managed: managedRows,
  Nginx: nginxRows,
  NginxF5: nginxF5Rows,
  Gateway: gatewayRows,
  None: noRows,
}

const order: readonly Protection[] = [
  'RequestRateLimit',
  'LoginRateLimit',
  'SecurityHeaders',
  'HSTS',
  'ContentSecurityPolicy',
  'TLSVersions',
  'TLSCiphers',
  'OCSPStapling',
  'HTTPSRedirect',
  'WebSocket',
  'Timeouts',
  'CORS',
  'BodySize',
  'StaticCaching',
  'Compression',
  'LoadBalancing',
  'ClientAddress',
]

export const enforcementOf = (instance: FiniaInstance): Enforcement[] => {
  const rows = tables[instance.spec.ingress.provider](instance)
  return order.map((protection) => ({ protection, ...rows[protection] }))
}
