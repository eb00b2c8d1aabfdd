// What people type to reach an instance.
import type { FiniaInstance } from '../crd/kinds.ts'

/** Whether people speak TLS with whoever forwards to the API. */
export const isSecure = ({ spec }: FiniaInstance): boolean => spec.ingress.tls.mode !== 'Disabled'

/** With the port when it is not the usual one. */
export const publicUrl = (instance: FiniaInstance): string => {
  const { host, managed, provider } = instance.spec.ingress
  if (!isSecure(instance)) return `http://${host}`
  const port = provider === 'Managed' ? managed.service.externalHttpsPort : 443
  return `https://${host}${port === 443 ? '' : `:${port}`}`
}
