// The operator, whatever it runs in: which kinds it watches, whose reconciles they call for, and the ports it hands to them.
import { isDeepStrictEqual } from 'node:util'
import { collectDefaultMetrics, type Registry } from 'prom-client'
import { certificateMetrics } from './certificate-metrics.ts'
import type { FiniaInstance, FiniaOperation, FiniaUser } from './crd/kinds.ts'
import type { InstanceStatus } from './crd/status.ts'
import type { ApiProbe, Clock, Deps, EdgeProbe, KubeObject, Log, Mysql, Pki, Random, Settings, Stopwatch } from './deps.ts'
import { KubeClient } from './kube/client.ts'
import type { Connection } from './kube/connection.ts'
import { listWatch } from './kube/list-watch.ts'
import { Transport } from './kube/transport.ts'
import { type Component, fieldManager, labels, managedSelector } from './names.ts'
import { childKinds, optionalKinds } from './observe/instance.ts'
import { hasEnded } from './plan/operation-plan.ts'
import { reconcileInstance } from './reconcile.ts'
import { reconcileOperation } from './reconcile-operation.ts'
import { reconcileUser } from './reconcile-user.ts'
import { kinds } from './resources/kinds.ts'
import type { Controller } from './runtime/controller.ts'
import { controllerOf, itself, type Mapping, namedByLabel } from './runtime/key.ts'
import { Manager } from './runtime/manager.ts'
import { createMetrics } from './runtime/metrics.ts'
import type { Change } from './runtime/store.ts'

export interface OperatorOptions {
  readonly connection: Connection
  readonly settings: Settings
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly log: Log
  readonly mysql: Mysql
  readonly pki: Pki
  readonly edgeProbe: EdgeProbe
  readonly apiProbe: ApiProbe
  /** Unique for each process. */
  readonly identity: string
  readonly probes: { readonly port: number; readonly host?: string }
  /** Shows what happened to instances beside the runtime's own metrics. */
  readonly registry?: Registry
}

const reporter = 'finia.io/operator'
const instanceWorkers = 8
const userWorkers = 8
/** One: of two operations on the same instance the second must see that the first has begun. */
const operationWorkers = 1

/** The instance that a user or an operation names. */
const namedInstance: Mapping = (object) => [{ namespace: object.metadata.namespace ?? '', name: (object as unknown as FiniaUser).spec.instance }]

/** The users of an instance: they wait for its database, and for it to be there at all. */
const usersOfInstance =
  (deps: Deps): Mapping =>
  ({ metadata }) =>
    (deps.cache.list(kinds.user, metadata.namespace ?? '') as readonly KubeObject[] as readonly FiniaUser[])
      .filter((user) => user.spec.instance === metadata.name)
      .map((user) => ({ namespace: user.metadata.namespace, name: user.metadata.name }))

/** The operations that are still to be done on an instance whose name is read from the object. */
const operationsOn =
  (deps: Deps, instanceOf: (object: KubeObject) => string | undefined): Mapping =>
  (object) => {
    const { namespace = '' } = object.metadata
    const name = instanceOf(object)
    return (deps.cache.list(kinds.operation, namespace) as readonly KubeObject[] as readonly FiniaOperation[])
      .filter((operation) => operation.spec.instance === name && !hasEnded(operation))
      .map((operation) => ({ namespace, name: operation.metadata.name }))
  }

/** The instances whose name a challenge is about. */
const instancesOfHost =
  (deps: Deps): Mapping =>
  (object) => {
    const { dnsName } = (object as { readonly spec?: { readonly dnsName?: string } }).spec ?? {}
    return (deps.cache.list(kinds.instance, object.metadata.namespace ?? '') as readonly KubeObject[] as readonly FiniaInstance[])
      .filter(({ spec }) => dnsName !== undefined && spec.ingress.host === dnsName)
      .map(({ metadata }) => ({ namespace: metadata.namespace, name: metadata.name }))
  }

/** The edge's pods are asked what they serve. */
const instanceOfEdgePod: Mapping = (object) =>
  object.metadata.labels?.[labels.component] === ('edge' satisfies Component) ? namedByLabel(labels.instance)(object) : []

const readinessOf = (object: KubeObject): unknown =>
  (object as { readonly status?: InstanceStatus }).status?.conditions
    ?.filter(({ type }) => type === 'Ready' || type === 'DatabaseAvailable')
    .map(({ status }) => status)

/** Users care whether their instance can take them. Its count of users is no news to them: a hundred of them would wake one another a hundred times. */
const concernsUsers = (change: Change): boolean =>
  change.type !== 'updated' ||
  change.before.metadata.generation !== change.now.metadata.generation ||
  !isDeepStrictEqual(readinessOf(change.before), readinessOf(change.now))

interface Controllers {
  readonly instances: Controller
  readonly users: Controller
  readonly operations: Controller
}

function watch(manager: Manager, deps: Deps, { instances, users, operations }: Controllers): void {
  const toOperations = (instanceOf: (object: KubeObject) => string | undefined) => ({ controller: operations, keys: operationsOn(deps, instanceOf) })
  const byLabel = toOperations(({ metadata }) => metadata.labels?.[labels.instance])
  manager.watch(kinds.instance, {}, [
    { controller: instances, keys: itself },
    { controller: users, keys: usersOfInstance(deps), when: concernsUsers },
    { ...toOperations(({ metadata }) => metadata.name), when: concernsUsers },
  ])
  manager.watch(kinds.user, {}, [
    { controller: users, keys: itself },
    { controller: instances, keys: namedInstance },
  ])
  manager.watch(kinds.operation, {}, [
    { controller: operations, keys: itself },
    // One may wait for the end of another.
    toOperations((object) => (object as unknown as FiniaOperation).spec.instance),
    // It changes Secrets, of which no watch tells.
    { controller: instances, keys: namedInstance },
  ])
  const owner = [{ controller: instances, keys: controllerOf(kinds.instance) }, byLabel]
  for (const kind of childKinds) manager.watch(kind, { labels: managedSelector }, owner)
  for (const kind of optionalKinds) manager.watch(kind, { labels: managedSelector, optional: true }, owner)
  manager.watch(kinds.volumeClaim, { labels: managedSelector }, [{ controller: instances, keys: namedByLabel(labels.instance) }])
  manager.watch(kinds.job, { labels: managedSelector }, [{ controller: users, keys: controllerOf(kinds.user) }])
  // What stands in the way of a certificate is said of these, which are cert-manager's.
  manager.watch(kinds.certificateRequest, { labels: managedSelector, optional: true }, [{ controller: instances, keys: namedByLabel(labels.instance) }])
  manager.watch(kinds.challenge, { optional: true }, [{ controller: instances, keys: instancesOfHost(deps) }])
  // The last words of migrations are read from their pods; operations wait for those of the API and the edge.
  manager.watch(kinds.pod, { labels: managedSelector }, [
    { controller: users, keys: namedByLabel(labels.user) },
    { controller: instances, keys: instanceOfEdgePod },
    byLabel,
  ])
}

export function createOperator(options: OperatorOptions): Manager {
  const { connection, settings, clock, random, log, mysql, pki, edgeProbe, apiProbe } = options
  const metrics = createMetrics(options.registry)
  collectDefaultMetrics({ register: metrics.registry })
  const transport = new Transport({
    connection,
    clock,
    random,
    log,
    userAgent: `${fieldManager}/${settings.release}`,
    observe: (call) => metrics.request(call),
  })
  const manager = new Manager({
    client: new KubeClient({ transport, fieldManager }),
    lists: listWatch(transport),
    clock,
    random,
    log,
    metrics,
    namespaces: settings.namespaces,
    identity: options.identity,
    reporter,
    lease: { namespace: settings.ownNamespace, name: fieldManager },
    probes: options.probes,
  })
  const deps: Deps = { kube: manager.kube, cache: manager.cache, events: manager.events, mysql, pki, edgeProbe, apiProbe, clock, random, log, settings }
  const instances = manager.controller({ name: 'finiainstance', workers: instanceWorkers, reconcile: (key) => reconcileInstance(deps, key) })
  const users = manager.controller({ name: 'finiauser', workers: userWorkers, reconcile: (key) => reconcileUser(deps, key) })
  const operations = manager.controller({ name: 'finiaoperation', workers: operationWorkers, reconcile: (key) => reconcileOperation(deps, key) })
  watch(manager, deps, { instances, users, operations })
  certificateMetrics(manager.cache, metrics.registry)
  return manager
}
