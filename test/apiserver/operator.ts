// An operator in the test's own process, against the real API server; the controllers and servers that this API server lacks are simulated.
import { setTimeout } from 'node:timers/promises'
import { Registry } from 'prom-client'
import type { Deps, KubeObject, Mysql, Resource } from '../../operator/deps.ts'
import { createOperator } from '../../operator/operator.ts'
import { pki } from '../../operator/pki/x509.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import type { Manager } from '../../operator/runtime/manager.ts'
import { systemClock } from '../../operator/runtime/system-clock.ts'
import { systemRandom } from '../../operator/runtime/system-random.ts'
import { type FakeServer, fakeServer } from '../support/mysql.ts'

import { apiServer, connect, silentLog, until } from './environment.ts'

/** One database server for each host that somebody asks for. */
export function fakeServers(): Mysql & { readonly at: (host: string) => FakeServer } {
  const servers = new Map<string, FakeServer>()
  const at = (host: string): FakeServer => {
    const server = servers.get(host) ?? fakeServer()
    servers.set(host, server)
    return server
  }
  return { at, use: (target, work) => at(target.host).use(target, work) }
}

export interface RunningOperator {
  readonly manager: Manager
  /** How many reconciles of instances have ended. */
  readonly reconciles: () => Promise<number>
  /** An orderly stop, or what it ended with. */
  readonly stop: () => Promise<void>
}

const until200: Deps['edgeProbe'] = { ask: () => Promise.resolve({ status: 200 }), state: () => Promise.resolve({}) }

/** The release is also the user agent, `finia-operator/<release>`, of the audit log. */
export function startOperator(release: string, namespace: string, mysql: Mysql): RunningOperator {
  const server = apiServer()
  const registry = new Registry()
  const manager = createOperator({
    connection: { server: server.url, tls: async () => ({ ca: server.ca }), token: async () => server.adminToken },
    settings: { operatorImage: 'finia-operator:test', apiImage: 'finia:1.0.0', release, ownNamespace: namespace, namespaces: [namespace], resyncSeconds: 3600 },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    mysql,
    pki: pki(systemRandom),
    edgeProbe: until200,
    apiProbe: { sessionKeys: () => Promise.resolve(undefined) },
    identity: `${release}-${systemRandom.number()}`,
    probes: { port: 0, host: '127.0.0.1' },
    registry,
  })
  const stopping = new AbortController()
  const running = manager.run(stopping.signal)
  const reconciles = async () => {
    const metric = await registry.getSingleMetric('controller_runtime_reconcile_total')?.get()
    const counted = metric?.values.filter(({ labels }) => labels['controller'] === 'finiainstance') ?? []
    return counted.reduce((sum, { value }) => sum + value, 0)
  }
  const stop = async () => {
    stopping.abort()
    await running
  }
  return { manager, reconciles, stop }
}

interface Workload extends KubeObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly observedGeneration?: number; readonly readyReplicas?: number }
}

/** Deployments and StatefulSets of the namespace become what they ask for, as their controllers would have it. */
export function simulateControllers(namespace: string): { readonly stop: () => Promise<void> } {
  const { kube, lists, close } = connect({ userAgent: 'simulated-controllers' })
  const stopping = new AbortController()
  const settle = async (resource: Resource, { metadata, spec, status }: Workload) => {
    const replicas = spec?.replicas ?? 1
    if (status?.observedGeneration === metadata.generation && status?.readyReplicas === replicas) return
    const next = { observedGeneration: metadata.generation, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }
    await kube.patchStatus({ resource, namespace, name: metadata.name }, metadata.uid ?? '', next)
  }
  // A watch may be refused while the server's storage starts, and ends when the server wants: then it is begun anew.
  const follow = async (resource: Resource) => {
    while (!stopping.signal.aborted) {
      try {
        const events = lists.watch(resource, { namespace }, { initialEvents: true, timeoutSeconds: 600 }, stopping.signal)
        for await (const { type, object } of events) if (type === 'ADDED' || type === 'MODIFIED') await settle(resource, object as Workload)
      } catch {
        await setTimeout(200)
      }
    }
  }
  const following = Promise.allSettled([kinds.deployment, kinds.statefulSet].map(follow))
  const stop = async () => {
    stopping.abort()
    await following
    close()
  }
  return { stop }
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[] }
}

export async function conditionOf(namespace: string, name: string, type: string) {
  const { kube, close } = connect()
  const instance = await kube.get<Conditioned>({ resource: kinds.instance, namespace, name })
  close()
  return instance?.status?.conditions?.find((condition) => condition.type === type)
}

export const untilReady = (namespace: string, name: string, milliseconds = 60_000) =>
  until(`${name} is ready`, milliseconds, async () => (await conditionOf(namespace, name, 'Ready'))?.status === 'True')
