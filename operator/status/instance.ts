// What to say about an instance: facts and conditions from what was observed, planned and failed.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { InstanceStatus } from '../crd/status.ts'
import type { KubeObject } from '../deps.ts'
import { apiName, databaseName, selectorLabels } from '../names.ts'
import type { ObservedInstance } from '../observe/facts.ts'
import type { Context } from '../plan/context.ts'
import type { InstancePlan } from '../plan/instance.ts'
import { kinds } from '../resources/kinds.ts'
import { publicUrl } from '../resources/public-url.ts'
import { conditionsOf, type Finding } from './conditions.ts'
import { edgeFinding } from './edge.ts'
import { enforcementOf } from './enforcement.ts'
import { routeFinding } from './route.ts'
import { tlsFacts, tlsFinding } from './tls.ts'

interface Deployment extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
  }
}

const apiDeployment = ({ instance, children }: ObservedInstance): Deployment | undefined =>
  children.find(({ resource, object }) => resource === kinds.deployment && object.metadata.name === apiName(instance))?.object as Deployment | undefined

const isRolledOut = ({ metadata, spec, status }: Deployment): boolean => {
  const wanted = spec.replicas ?? 1
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted
  )
}

function apiFinding(deployment: Deployment | undefined): Finding {
  const type = 'APIAvailable'
  if (!deployment) return { type, status: 'False', reason: 'NotStarted', message: 'The API is not started yet: it waits for its Secrets and for its database.' }
  const wanted = deployment.spec.replicas ?? 1
  const available = deployment.status?.availableReplicas ?? 0
  if (wanted === 0) return { type, status: 'False', reason: 'ScaledToZero', message: 'spec.api.replicas is 0, so nothing serves: raise it to serve again.' }
  if (available === 0) {
    const message = `None of ${wanted} API pods is available yet; look at them with: kubectl get pods -l app.kubernetes.io/component=api`
    return { type, status: 'False', reason: 'NoPodAvailable', message }
  }
  return { type, status: 'True', reason: 'PodsAvailable', message: `${available} of ${wanted} API pods are available.` }
}

const ingressFinding = (observed: ObservedInstance, { problems }: InstancePlan): Finding | undefined =>
  observed.instance.spec.ingress.provider === 'Managed' ? edgeFinding(observed) : routeFinding(observed, problems)

/** A user that has been served already and whose database is not at the schema of the release holds the instance back; new and refused ones do not. */
function usersFinding({ users }: ObservedInstance): Finding | undefined {
  const behind = users.filter(({ status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready')
    return status?.schemaVersion !== undefined && ready?.status === 'False' && ready.reason.startsWith('Migrat')
  })
  if (behind.length === 0) return undefined
  const names = behind.map(({ metadata }) => metadata.name).slice(0, 5)
  const message = `${behind.length} databases of users are not at the schema of this release yet (${names.join(', ')}${behind.length > names.length ? ', …' : ''}): kubectl get fu tells why`
  return { type: 'UsersMigrated', status: 'False', reason: 'UsersBehind', message }
}

const summary = (problem: { reason: string; message: string } | undefined, failure: Error | undefined, parts: readonly Finding[]): Finding => {
  const type = 'Ready'
  if (problem) return { type, status: 'False', reason: problem.reason, message: problem.message }
  const broken = parts.find(({ status }) => status === 'False')
  // The failure is the cause; what is not there yet is only its effect.
  if (broken && failure) return { type, status: 'False', reason: 'Failed', message: failure.message }
  if (broken) return { type, status: 'False', reason: broken.reason, message: broken.message }
  return { type, status: 'True', reason: 'Serving', message: 'The API, its database and its edge answer.' }
}

const kstatus = (
  ready: Finding,
  problem: { reason: string; message: string } | undefined,
  failure: Error | undefined,
  changing: string | undefined,
): Finding[] => {
  if (problem) return [{ type: 'Stalled', status: 'True', reason: problem.reason, message: problem.message }]
  if (failure) return [{ type: 'Reconciling', status: 'True', reason: 'Failed', message: `The last attempt failed and is repeated: ${failure.message}` }]
  if (ready.status === 'False') return [{ type: 'Reconciling', status: 'True', reason: ready.reason, message: ready.message }]
  return changing === undefined ? [] : [{ type: 'Reconciling', status: 'True', reason: 'Progressing', message: changing }]
}

export function instanceFindings(observed: ObservedInstance, plan: InstancePlan, failure: Error | undefined, now: Date): readonly Finding[] {
  const deployment = apiDeployment(observed)
  const parts = [plan.database, apiFinding(deployment), ingressFinding(observed, plan)].filter((finding) => finding !== undefined)
  const [problem] = plan.problems
  const ready = summary(
    problem,
    failure,
    [...parts, usersFinding(observed)].filter((finding) => finding !== undefined),
  )
  const changing = deployment && !isRolledOut(deployment) ? 'The API pods are being brought to what the spec says.' : undefined
  const tls = tlsFinding(observed, plan.problems, now)
  return [ready, ...parts, ...(tls ? [tls] : []), ...kstatus(ready, problem, failure, changing)]
}

const selectorText = (instance: FiniaInstance): string =>
  Object.entries(selectorLabels(instance.metadata.name, 'api'))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')

const urlOf = (instance: FiniaInstance): string | undefined => (instance.spec.ingress.provider === 'None' ? undefined : publicUrl(instance))

/** The release by the tag of the image that runs, or the image when it has none. */
const releaseOf = (image: string): string => /:([^:/]+)$/.exec(image)?.[1] ?? image

const isReady = (conditions: InstanceStatus['conditions']): boolean => conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true

function databaseFacts({ instance, database }: ObservedInstance): NonNullable<InstanceStatus['database']> {
  const { external, mode } = instance.spec.database
  const primary = mode === 'External' && external ? `${external.primary.host}:${external.primary.port}` : `${databaseName(instance)}-0`
  return { primary, ...(database.state === 'available' && { serverVersion: database.serverVersion }) }
}

/** The whole status; equal inputs give an equal status, so that nothing is written at rest. */
export function nextInstanceStatus(observed: ObservedInstance, plan: InstancePlan, failure: Error | undefined, { now }: Context): InstanceStatus {
  const { instance, users } = observed
  const generation = instance.metadata.generation ?? 0
  const deployment = apiDeployment(observed)
  const url = urlOf(instance)
  const tls = tlsFacts(observed)
  const container = deployment?.spec.template.spec.containers[0]
  return {
    observedGeneration: generation,
    ...(url && { url }),
    ...(container && { version: releaseOf(container.image) }),
    api: { replicas: deployment?.status?.replicas ?? 0, readyReplicas: deployment?.status?.readyReplicas ?? 0, selector: selectorText(instance) },
    ...(tls && { tls }),
    database: databaseFacts(observed),
    ingress: { enforcement: enforcementOf(instance, observed.secrets.edgeTls?.certificate) },
    users: { total: users.length, ready: users.filter(({ status }) => isReady(status?.conditions)).length },
    conditions: conditionsOf(instanceFindings(observed, plan, failure, now), instance.status?.conditions ?? [], generation, now),
  }
}
