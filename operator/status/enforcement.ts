// Where each protection is enforced: at the edge, by the API, or by nobody whom FiniA can tell. It says what is rendered, and a test holds the two together.
import type { FiniaInstance } from '../crd/kinds.ts'
import { type Enforcement, protections } from '../crd/status.ts'
import { gatewayRows } from './enforcement/gateway.ts'
import { managedRows } from './enforcement/managed.ts'
import { nginxRows } from './enforcement/nginx.ts'
import { nginxF5Rows } from './enforcement/nginx-f5.ts'
import { noRows } from './enforcement/none.ts'
import type { Rows } from './enforcement/rows.ts'

const tables: Readonly<Record<FiniaInstance['spec']['ingress']['provider'], (instance: FiniaInstance) => Rows>> = {
  Managed: managedRows,
  Nginx: nginxRows,
  NginxF5: nginxF5Rows,
  Gateway: gatewayRows,
  None: noRows,
}

export const enforcementOf = (instance: FiniaInstance): Enforcement[] => {
  const rows = tables[instance.spec.ingress.provider](instance)
  return protections.map((protection) => ({ protection, ...rows[protection] }))
}
