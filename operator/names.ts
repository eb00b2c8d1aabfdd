// Every child's name, label, annotation, finalizer and field manager is born here and nowhere else.
import type { FiniaInstance, FiniaUser } from './crd/kinds.ts'

type Named = { readonly metadata: { readonly name: string } }

export const fieldManager = 'finia-operator'
export const finalizer = 'finia.io/finalizer'

export const labels = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  component: 'app.kubernetes.io/component',
  version: 'app.kubernetes.io/version',
  managedBy: 'app.kubernetes.io/managed-by',
  partOf: 'app.kubernetes.io/part-of',
  user: 'finia.io/user',
  /** Of an EndpointSlice: the Service that it belongs to. */
  service: 'kubernetes.io/service-name',
  /** What cert-manager puts on the Service, and so on the EndpointSlices, of a pod that solves a challenge. */
  solver: 'acme.cert-manager.io/http01-solver',
} as const

export const annotations = {
  /** Hash of the manifest that was applied last, so that an operator without memory knows whether it wants something else. */
  applied: 'finia.io/applied',
  /** Hash of what a pod reads at its start (settings, certificates), so that a change restarts it. */
  inputs: 'finia.io/inputs',
  /** On pods of the API: hash of the Secret with the keys that they were started with. */
  keys: 'finia.io/keys',
  /** On that Secret: until when keys of sessions other than the first one are needed. */
  oldKeys: 'finia.io/old-keys-needed-until',
  /** On the Secret with the edge's certificate: UID of the operation that it was issued for. */
  renewedFor: 'finia.io/renewed-for',
  /** On a RenewCertificate: revision of cert-manager's Certificate when it began, and when the last issuance had failed. */
  revisionBefore: 'finia.io/revision-before',
  /** On a user: which password of its Secret was set last, and whether it is in force, as keyed digests. */
  password: 'finia.io/password',
  /** On an instance: the UID of the one whose operations database it takes over. */
  adoptDatabase: 'finia.io/adopt-database',
} as const

/** What part of an instance an object belongs to. */
export type Component = 'api' | 'edge' | 'database' | 'migrate' | 'configuration'

/** What every object of ours is found by. */
export const managedSelector = { [labels.managedBy]: fieldManager } as const

/** Labels that select the pods of one component; they never change. */
export const selectorLabels = (instanceName: string, component: Component) => ({
  [labels.name]: 'finia',
  [labels.instance]: instanceName,
  [labels.component]: component,
})

/** Labels of a child. */
export const childLabels = (instanceName: string, component: Component) => ({
  ...selectorLabels(instanceName, component),
  [labels.managedBy]: fieldManager,
  [labels.partOf]: 'finia',
})

const child = (suffix: string) => (instance: Named) => `${instance.metadata.name}-${suffix}`

export const apiName = child('api')
export const edgeName = child('edge')
/** Routes of an edge that is somebody else's, beside the one with the edge's name. */
export const edgeApiName = child('edge-api')
export const edgeLoginName = child('edge-login')
export const edgeUiName = child('edge-ui')
export const edgeRedirectName = child('edge-redirect')
export const databaseName = child('db')
export const databaseReadWriteName = child('db-rw')
export const databaseHeadlessName = child('db-hl')
export const databaseTlsName = child('db-tls')
export const keysName = (instance: FiniaInstance) => instance.spec.api.keysSecretName ?? child('keys')(instance)
export const configName = child('config')
export const caName = child('ca')
export const tlsName = child('tls')
/** Secret with the certificate that people are served, or undefined when there is none. */
export const tlsSecretName = (instance: FiniaInstance): string | undefined => {
  const { mode, secretName } = instance.spec.ingress.tls
  if (mode === 'Disabled') return undefined
  return mode === 'Secret' && secretName ? secretName : tlsName(instance)
}
export const denyAllName = child('deny-all')
export const dnsName = child('dns')
export const migrateName = child('migrate')
/** ClusterRole of the chart that the edge's agent is bound to. */
export const edgeRole = 'finia-edge'

/** Secret whose ca.crt the operator and the API trust for the database, or undefined for the system's. */
export const databaseCaName = (instance: FiniaInstance): string | undefined =>
  instance.spec.database.tls.caSecretName ?? (instance.spec.database.mode === 'Managed' ? caName(instance) : undefined)

export const userPasswordName = (user: FiniaUser) => `${user.metadata.name}-password`
export const migrateJobName = (user: FiniaUser, hash: string) => `${user.metadata.name}-migrate-${hash}`

/** Keys of the Secret <instance>-keys. */
export const keysKeys = { sessionKeys: 'session-keys', edgeKey: 'edge-key', setupToken: 'setup-token', operatorKey: 'operator-key' } as const

/** Keys of the Secret <instance>-db. `marks` opens nothing: it keys the digests that passwords of users are told apart by. */
export const databaseKeys = { admin: 'admin-password', api: 'app-password', migrate: 'migrate-password', marks: 'password-marks' } as const

/** Accounts of the operator on the server, named after `database.names.account`. */
export const adminAccount = (instance: FiniaInstance) => `${instance.spec.database.names.account}_admin`
export const apiAccount = (instance: FiniaInstance) => instance.spec.database.names.account
export const migrateAccount = (instance: FiniaInstance) => `${instance.spec.database.names.account}_migrate`

/** Ports that programs listen on inside their pods. */
export const ports = {
  api: 8000,
  management: 8001,
  database: 3306,
  edgeHttp: 8080,
  edgeHttps: 8443,
  edgeProbe: 8081,
  edgeAgent: 8082,
  edgeResponder: 8083,
} as const
