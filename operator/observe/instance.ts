// Everything that a plan for an instance needs to know, read at one time.
import type { FiniaInstance, FiniaUser } from '../crd/kinds.ts'
import type { Deps, KubeObject, Resource } from '../deps.ts'
import { caName, databaseCaName, databaseName, databaseTlsName, keysName, labels, managedSelector, tlsSecretName } from '../names.ts'
import { kinds } from '../resources/kinds.ts'
import { observeApiServer } from './api-server.ts'
import { observeCertManager } from './certificate.ts'
import { observeDatabase } from './database.ts'
import { askEdge, edgePods, edgeTrust } from './edge.ts'
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
    see(tlsSecretName(instance)),
    see(external ? undefined : databaseTlsName(instance)),
    see(external ? instance.spec.database.external?.adminSecretName : undefined),
    see(databaseCaName(instance)),
  ])
  return { keys, database, ca: caState, edgeTls, databaseTls, admin, databaseCa }
}

/** Asked for, since a claim of somebody's own is in no cache of ours. */
async function observeImportClaim(deps: Deps, { metadata, spec }: FiniaInstance): Promise<ObservedInstance['importClaim']> {
  const { enabled, volumeClaim } = spec.api.config.folderImport
  if (!enabled || !volumeClaim) return undefined
  return (await deps.kube.get({ resource: kinds.volumeClaim, namespace: metadata.namespace, name: volumeClaim })) ? 'There' : 'Missing'
}

async function observeEdge(deps: Deps, instance: FiniaInstance, children: readonly Owned[], ca: string | undefined): Promise<EdgeState> {
  const { provider } = instance.spec.ingress
  if (provider === 'None') return undefined
  const trust = await edgeTrust(deps, instance, ca)
  return provider === 'Managed' ? askEdge(deps, instance, children, trust) : askRoute(deps, instance, children, trust)
}

/** Undefined when the instance is gone. */
export async function observeInstance(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<ObservedInstance | undefined> {
  const instance = (await deps.kube.get({ resource: kinds.instance, ...key })) as FiniaInstance | undefined
  if (!instance) return undefined
  const children = childrenOf(deps, instance)
  const ca = await readCaCertificate(deps, key.namespace, caName(instance))
  const [secrets, database, edge, pods, apiServer, importClaim] = await Promise.all([
    secretsOf(deps, instance, ca),
    observeDatabase(deps, instance),
    observeEdge(deps, instance, children, ca),
    edgePods(deps, instance),
    observeApiServer(deps),
    observeImportClaim(deps, instance),
  ])
  const users = (deps.cache.list(kinds.user, key.namespace) as readonly KubeObject[] as readonly FiniaUser[]).filter((user) => user.spec.instance === key.name)
  const absentKinds = optionalKinds.filter((kind) => !deps.cache.serves(kind))
  const certManager = observeCertManager(deps, instance, children)
  const edges = { edge, edgePods: pods, ...(certManager && { certManager }) }
  return { instance, children, secrets, database, ...edges, absentKinds, users, apiServer, ...(importClaim && { importClaim }) }
}
