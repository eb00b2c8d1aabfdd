// All children of an instance, in the order in which they are applied.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { KubeObject, Resource } from '../deps.ts'
import { apiName, edgeName } from '../names.ts'
import { apiConfigMap, apiReplicas } from './api-config-map.ts'
import { apiDeployment } from './api-deployment.ts'
import { apiService } from './api-service.ts'
import { certificate } from './certificate.ts'
import { databaseConfigMap } from './database-config-map.ts'
import { databaseHeadlessService, databaseReadWriteService } from './database-services.ts'
import { databaseStatefulSet } from './database-stateful-set.ts'
import { disruptionBudget } from './disruption-budget.ts'
import { edgeConfigMap } from './edge-config-map.ts'
import { edgeDeployment } from './edge-deployment.ts'
import { edgeRoleBinding } from './edge-role-binding.ts'
import { edgeService } from './edge-service.ts'
import { kinds } from './kinds.ts'
import { type ApiServerAddress, networkPolicies } from './network-policies.ts'
import { routeChildren } from './providers/index.ts'
import { serviceAccount } from './service-account.ts'

/** What a plan has decided and a manifest needs to know beside the instance. */
export interface Decisions {
  /** Image of the operator, which holds the edge's agent. */
  readonly operatorImage: string
  /** Image of the API. */
  readonly apiImage: string
  /** Release of FiniA, for labels. */
  readonly release: string
  /** Namespace of the operator, which policies let in. */
  readonly operatorNamespace: string
  /** Where the API server listens; empty = nobody knows. */
  readonly apiServer: readonly ApiServerAddress[]
  /** Of the OCSP responder that the edge's certificate names. */
  readonly responderPort?: number
  /** A short hash of a text (hex), for names and for annotations that restart pods. */
  readonly digest: (text: string) => string
  /** Digests of what pods read at their start: a change restarts them. */
  readonly inputs: {
    readonly keys: string
    readonly edgeKey: string
    readonly databasePasswords: string
    readonly databaseCa: string
    readonly databaseTls: string
  }
}

/** A manifest and where it goes. */
export interface Child {
  readonly resource: Resource
  readonly manifest: KubeObject
}

const child = (resource: Resource, manifest: KubeObject | undefined): readonly Child[] => (manifest ? [{ resource, manifest }] : [])

const databaseChildren = (instance: FiniaInstance, decisions: Decisions): readonly Child[] => [
  ...child(kinds.configMap, databaseConfigMap(instance)),
  ...child(kinds.service, databaseHeadlessService(instance)),
  ...child(kinds.service, databaseReadWriteService(instance)),
  ...child(kinds.statefulSet, databaseStatefulSet(instance, decisions)),
]

const apiChildren = (instance: FiniaInstance, decisions: Decisions): readonly Child[] => [
  ...child(kinds.serviceAccount, serviceAccount(instance, apiName(instance), 'api')),
  ...child(kinds.configMap, apiConfigMap(instance)),
  ...child(kinds.service, apiService(instance)),
  ...child(kinds.deployment, apiDeployment(instance, decisions)),
  ...child(kinds.disruptionBudget, disruptionBudget(instance, apiName(instance), 'api', apiReplicas(instance))),
]

const edgeChildren = (instance: FiniaInstance, decisions: Decisions): readonly Child[] => [
  ...child(kinds.serviceAccount, serviceAccount(instance, edgeName(instance), 'edge')),
  ...child(kinds.roleBinding, edgeRoleBinding(instance)),
  ...child(kinds.configMap, edgeConfigMap(instance)),
  ...child(kinds.service, edgeService(instance)),
  ...child(kinds.deployment, edgeDeployment(instance, decisions)),
  ...child(kinds.disruptionBudget, disruptionBudget(instance, edgeName(instance), 'edge', instance.spec.ingress.managed.replicas)),
]

/** Policies come first, so that no pod lives a moment without them. */
export const desired = (instance: FiniaInstance, decisions: Decisions): readonly Child[] => [
  ...networkPolicies(instance, decisions).map((manifest) => ({ resource: kinds.networkPolicy, manifest })),
  ...(instance.spec.database.mode === 'Managed' ? databaseChildren(instance, decisions) : []),
  ...apiChildren(instance, decisions),
  ...child(kinds.certificate, certificate(instance)),
  ...(instance.spec.ingress.provider === 'Managed' ? edgeChildren(instance, decisions) : routeChildren(instance)),
]
