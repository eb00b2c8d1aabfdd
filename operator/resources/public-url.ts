// What people type to reach an instance.
import type { FiniaInstance } from '../crd/kinds.ts'

/** With the port when it is not the usual one. */
export const publicUrl = ({ spec }: FiniaInstance): string => {
  const { host, managed } = spec.ingress
  const { externalHttpsPort } = managed.service
  return `https://${host}${externalHttpsPort === 443 ? '' : `:${externalHttpsPort}`}`
}
