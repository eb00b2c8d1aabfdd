// FiniA's config.yaml, made of the instance. Its keys are the seam between the operator and the API (docs/decisions/0002).
import type { V1ConfigMap } from '@kubernetes/client-node'
import { stringify } from 'yaml'
import { bytes, seconds } from '../amounts.ts'
import type { FiniaInstance } from '../crd/kinds.ts'
import { configName, databaseCaName, ports } from '../names.ts'
import { databaseAddress, replicaAddresses } from './database-address.ts'
import { childMetadata, type Manifest } from './metadata.ts'
import { isSecure } from './public-url.ts'

/** Pods of the API when the instance does not say. */
const usualReplicas = 3
/** Pods that a rollout adds for a while. */
export const maxSurge = 1

export const apiReplicas = (instance: FiniaInstance): number => instance.spec.api.replicas ?? usualReplicas

/** Where the files of a pod are mounted. */
export const paths = {
  config: '/etc/finia/config',
  keys: '/etc/finia/keys',
  database: '/etc/finia/database',
  databaseCa: '/etc/finia/database-ca',
  /** Where relative paths that FiniA has stored lead to, too. */
  imports: '/app/imports',
} as const

/** The part that says which databases there are and how they are reached: all that migrations depend on. */
export const databaseSettings = (instance: FiniaInstance) => {
  const { database, api } = instance.spec
  return {
    database: {
      ...databaseAddress(instance),
      ssl_mode: database.tls.mode,
      ...(databaseCaName(instance) && { ssl_ca: `${paths.databaseCa}/ca.crt` }),
      operations: database.names.operations,
    },
    auth: { username_prefix: api.config.usernamePrefix, database_prefix: api.config.databasePrefix },
  }
}

const headers = ({ hsts, headers }: FiniaInstance['spec']['ingress']) => ({
  hsts_max_age: hsts.maxAge,
  hsts_include_subdomains: hsts.includeSubDomains,
  x_xss_protection: headers.xXssProtection,
  referrer_policy: headers.referrerPolicy,
})

/** Behind a Service that hides addresses everybody seems to come from the nodes; without an edge, from whoever forwards. */
const isClientKnown = ({ provider, trustedProxies, managed: { service } }: FiniaInstance['spec']['ingress']): boolean =>
  trustedProxies.length > 0 || (provider === 'Managed' && (service.type === 'ClusterIP' || service.externalTrafficPolicy === 'Local'))

const apiSettings = (instance: FiniaInstance) => {
  const { api, ingress, timeZone } = instance.spec
  return {
    host: '0.0.0.0',
    port: ports.api,
    management_port: ports.management,
    time_zone: timeZone,
    max_replicas: apiReplicas(instance) + maxSurge,
    requests_per_minute: api.limits.requestsPerMinute,
    // our own edge has looked at what the proxies say, and proves itself by its key
    trusted_proxies: ingress.provider === 'Managed' ? [] : ingress.trustedProxies,
    client_known: isClientKnown(ingress),
    body_limit: bytes(api.limits.bodySize),
    tls_terminated: ingress.provider !== 'None' && isSecure(instance),
    cors: { origins: api.config.corsOrigins },
    headers: headers(ingress),
  }
}

const authSettings = ({ config, connections, limits }: FiniaInstance['spec']['api']) => ({
  jwt_expiry_hours: seconds(config.tokenLifetime) / 3600,
  session_timeout_seconds: seconds(config.sessionTimeout),
  pool_size: connections.perUser,
  pool_total: connections.total,
  pool_idle_seconds: seconds(connections.idle),
  max_login_attempts: limits.loginFailures.perAccount,
  max_login_attempts_per_address: limits.loginFailures.perAddress,
  rate_limit_window_minutes: seconds(limits.loginFailures.lockout) / 60,
})

const readSettings = (instance: FiniaInstance) => {
  const replicas = replicaAddresses(instance)
  return { read_from: instance.spec.database.readFrom, ...(replicas.length > 0 && { replicas }) }
}

/** The text of config.yaml. */
export const configText = (instance: FiniaInstance): string => {
  const { database, auth } = databaseSettings(instance)
  const { folderImport } = instance.spec.api.config
  return stringify(
    {
      database: { ...database, ...readSettings(instance) },
      api: apiSettings(instance),
      auth: { ...auth, ...authSettings(instance.spec.api) },
      setup: { allow_localhost: false },
      ...(folderImport.enabled && { import: { folder: paths.imports } }),
    },
    { lineWidth: 0 },
  )
}

export const apiConfigMap = (instance: FiniaInstance): Manifest<V1ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(instance, configName(instance), 'configuration'),
  data: { 'config.yaml': configText(instance) },
})
