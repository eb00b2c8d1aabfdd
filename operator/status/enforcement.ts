// Where each protection is enforced: at the edge, by the API, or by nobody whom FiniA can tell. It says what is rendered, and a test holds the two together.
import type { FiniaInstance } from '../crd/kinds.ts'
import { type Enforcement, protections } from '../crd/status.ts'
import { gatewayRows } from './enforcement/gateway.ts'
import { managedRows } from './enforcement/managed.ts'
import { nginxRows } from './enforcement/nginx.ts'
import { nginxF5Rows } from './enforcement/nginx-f5.ts'
import { noRows } from './enforcement/none.ts'
import type { Certificate, Rows } from './enforcement/rows.ts'

type Table = (instance: FiniaInstance, certificate: Certificate | undefined) => Rows

const tables: Readonly<Record<FiniaInstance['spec']['ingress']['provider'], Table>> = {
  Managed: managedRows,
  Nginx: nginxRows,
  NginxF5: nginxF5Rows,
  Gateway: gatewayRows,
  None: noRows,
}

/** `certificate` is the one in the edge's Secret, where there is one. */
export const enforcementOf = (instance: FiniaInstance, certificate?: Certificate): Enforcement[] => {
  const rows = tables[instance.spec.ingress.provider](instance, certificate)
  return protections.map((protection) => ({ protection, ...rows[protection] }))
}
