// Everything that a plan for an instance needs to know, read at one time.
import type { FiniaInstance, FiniaUser } from '../crd/kinds.ts'
import type { Deps, KubeObject, Resource } from '../deps.ts'
import { caName, databaseCaName, databaseName, databaseTlsName, edgeName, keysName, labels, managedSelector, tlsName } from '../names.ts'
import { kinds } from '../resources/kinds.ts'
import { observeApiServer } from './api-server.ts'
import { observeDatabase } from './database.ts'
import type { EdgeState, InstanceSecrets, ObservedInstance, Owned } from './facts.ts'
import { askRoute } from './route.ts'
import { observeSecret, readCaCertificate } from './secrets.ts'

/** Kinds of which an instance may have children that a watch shows. */
export const childKinds: readonly Resource[] = [
  kinds.configMap,
  kinds.service,
  kinds.serviceAccount,
  kinds.deployment,
  kinds.statefulSet,
  kinds.disruptionBudget,
  kinds.networkPolicy,
  kinds.roleBinding,
  kinds.ingress,
]

/** Kinds of which an instance may have children, where the cluster has the kind. */
export const optionalKinds: readonly Resource[] = [kinds.httpRoute, kinds.certificate]

interface Deployment extends KubeObject {
  readonly status?: { readonly readyReplicas?: number }
}

const childrenOf = (deps: Deps, { metadata }: FiniaInstance): readonly Owned[] =>
  [...childKinds, ...optionalKinds, kinds.volumeClaim].flatMap((resource) =>
    deps.cache.list(resource, metadata.namespace, { ...managedSelector, [labels.instance]: metadata.name }).map((object) => ({ resource, object })),
  )

async function secretsOf(deps: Deps, instance: FiniaInstance, ca: string | undefined): Promise<InstanceSecrets> {
  const { namespace } = instance.metadata
  const see = (name: string | undefined) => (name === undefined ? undefined : observeSecret(deps, namespace, name, ca))
  const external = instance.spec.database.mode === 'External'
  const [keys, database, caState, edgeTls, databaseTls, admin, databaseCa] = await Promise.all([
    see(keysName(instance)),
    see(databaseName(instance)),
    see(caName(instance)),
    see(tlsName(instance)),
    see(external ? undefined : databaseTlsName(instance)),
    see(external ? instance.spec.database.external?.adminSecretName : undefined),
    see(databaseCaName(instance)),
  ])
  return { keys, database, ca: caState, edgeTls, databaseTls, admin, databaseCa }
}

async function askEdge(deps: Deps, instance: FiniaInstance, children: readonly Owned[], ca: string | undefined): Promise<EdgeState> {
  const { name, namespace } = instance.metadata
  const edge = children.find(({ resource, object }) => resource === kinds.deployment && object.metadata.name === edgeName(instance))?.object as
    | Deployment
    | undefined
  if (!ca || !edge?.status?.readyReplicas) return undefined
  return deps.edgeProbe.ask({ address: `${edgeName({ metadata: { name } })}.${namespace}.svc`, port: 443, host: instance.spec.ingress.host, ca })
}

/** Asked for, since a claim of somebody's own is in no cache of ours. */
async function observeImportClaim(deps: Deps, { metadata, spec }: FiniaInstance): Promise<ObservedInstance['importClaim']> {
  const { enabled, volumeClaim } = spec.api.config.folderImport
  if (!enabled || !volumeClaim) return undefined
  return (await deps.kube.get({ resource: kinds.volumeClaim, namespace: metadata.namespace, name: volumeClaim })) ? 'There' : 'Missing'
}

/** Undefined when the instance is gone. */
export async function observeInstance(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<ObservedInstance | undefined> {
  const instance = (await deps.kube.get({ resource: kinds.instance, ...key })) as FiniaInstance | undefined
  if (!instance) return undefined
  const children = childrenOf(deps, instance)
  const ca = await readCaCertificate(deps, key.namespace, caName(instance))
  const [secrets, database, edge, apiServer, importClaim] = await Promise.all([
    secretsOf(deps, instance, ca),
    observeDatabase(deps, instance),
    instance.spec.ingress.provider === 'Managed' ? askEdge(deps, instance, children, ca) : askRoute(deps, instance, children, ca),
    observeApiServer(deps),
    observeImportClaim(deps, instance),
  ])
  const users = (deps.cache.list(kinds.user, key.namespace) as readonly KubeObject[] as readonly FiniaUser[]).filter((user) => user.spec.instance === key.name)
  const absentKinds = optionalKinds.filter((kind) => !deps.cache.serves(kind))
  return { instance, children, secrets, database, edge, absentKinds, users, apiServer, ...(importClaim && { importClaim }) }
}
