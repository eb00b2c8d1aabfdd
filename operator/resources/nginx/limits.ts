// How many requests a client may send, by the leaky bucket of ngx_http_limit_req_module: a rate, and a burst that passes at once.
import type { FiniaInstance } from '../../crd/kinds.ts'

/**
 * Whether nginx can tell clients apart: behind a Service that hides addresses, without a proxy that tells them, every client would share
 * the budget of a node. The API counts instead.
 */
export const knowsClients = ({ spec }: FiniaInstance): boolean => {
  const { service } = spec.ingress.managed
  return service.type === 'ClusterIP' || service.externalTrafficPolicy === 'Local' || spec.ingress.trustedProxies.length > 0
}

const perSecond = ({ spec }: FiniaInstance): number => spec.ingress.limits.requestsPerSecond
const perMinute = ({ spec }: FiniaInstance): number => spec.ingress.limits.loginsPerMinute

export const limitZones = (instance: FiniaInstance): readonly string[] => {
  if (!knowsClients(instance)) return []
  const [requests, logins] = [perSecond(instance), perMinute(instance)]
  return [
    ...(requests > 0 ? [`limit_req_zone $binary_remote_addr zone=requests:10m rate=${requests}r/s;`] : []),
    ...(logins > 0 ? [`limit_req_zone $binary_remote_addr zone=logins:10m rate=${logins}r/m;`] : []),
    ...(requests > 0 || logins > 0 ? ['limit_req_status 429;', 'limit_req_log_level info;'] : []),
  ]
}

const limit = (zone: string, burst: number): string => `limit_req zone=${zone}${burst > 0 ? ` burst=${burst} nodelay` : ''};`

/** Inside the location of all that is no login. */
export const apiLimit = (instance: FiniaInstance): readonly string[] =>
  knowsClients(instance) && perSecond(instance) > 0 ? [limit('requests', instance.spec.ingress.limits.burst)] : []

/** Inside the location of the login, which does not count as another request. */
export const loginLimit = (instance: FiniaInstance): readonly string[] =>
  knowsClients(instance) && perMinute(instance) > 0 ? [limit('logins', instance.spec.ingress.limits.loginBurst)] : []
