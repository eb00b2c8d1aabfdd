// Metrics under the names that controller-runtime gave them, so that dashboards and alerts made for it work.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ControllerObserver } from './controller.ts'

const queueBuckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000]
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5, 10, 30, 60,
]
const queueLabels = ['name', 'controller'] as const

const queueMetrics = (registers: Registry[]) => ({
  depth: new Gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue', labelNames: queueLabels, registers }),
  adds: new Counter({ name: 'workqueue_adds_total', help: 'Total number of adds handled by workqueue', labelNames: queueLabels, registers }),
  retries: new Counter({ name: 'workqueue_retries_total', help: 'Total number of retries handled by workqueue', labelNames: queueLabels, registers }),
  waited: new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long in seconds an item stays in workqueue before being requested',
    labelNames: queueLabels,
    buckets: queueBuckets,
    registers,
  }),
  worked: new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes',
    labelNames: queueLabels,
    buckets: queueBuckets,
    registers,
  }),
})

const reconcileMetrics = (registers: Registry[]) => ({
  total: new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Total number of reconciliations per controller',
    labelNames: ['controller', 'result'] as const,
    registers,
  }),
  errors: new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Total number of reconciliation errors per controller',
    labelNames: ['controller'] as const,
    registers,
  }),
  timeouts: new Counter({
    name: 'controller_runtime_reconcile_timeouts_total',
    help: 'Total number of reconciliation timeouts per controller',
    labelNames: ['controller'] as const,
    registers,
  }),
  seconds: new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of time per reconciliation per controller',
    labelNames: ['controller'] as const,
    buckets: reconcileBuckets,
    registers,
  }),
  workers: new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Maximum number of concurrent reconciles per controller',
    labelNames: ['controller'] as const,
    registers,
  }),
  active: new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Number of currently used workers per controller',
    labelNames: ['controller'] as const,
    registers,
  }),
})

const clientMetrics = (registers: Registry[]) => ({
  requests: new Counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'] as const,
    registers,
  }),
  seconds: new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Time until the head of an answer, by method and host.',
    labelNames: ['verb', 'host'] as const,
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    registers,
  }),
})

export interface Metrics {
  readonly registry: Registry
  /** Counts a request of the transport. */
  request(call: { readonly code: string; readonly method: string; readonly host: string; readonly seconds: number }): void
  leading(lease: string, leads: boolean): void
  /** What a controller of this name tells. */
  controller(name: string, workers: number): ControllerObserver
}

export const createMetrics = (registry = new Registry()): Metrics => {
  const queue = queueMetrics([registry])
  const reconcile = reconcileMetrics([registry])
  const client = clientMetrics([registry])
  const leader = new Gauge({
    name: 'leader_election_master_status',
    help: 'Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master.',
    labelNames: ['name'] as const,
    registers: [registry],
  })
  return {
    registry,
    request({ code, method, host, seconds }) {
      client.requests.inc({ code, method, host })
      client.seconds.observe({ verb: method, host }, seconds)
    },
    leading: (name, leads) => leader.set({ name }, leads ? 1 : 0),
    controller: (name, workers) => controllerObserver(queue, reconcile, name, workers),
  }
}

const controllerObserver = (
  queue: ReturnType<typeof queueMetrics>,
  reconcile: ReturnType<typeof reconcileMetrics>,
  controller: string,
  workers: number,
): ControllerObserver => {
  const labels = { name: controller, controller }
  reconcile.workers.set({ controller }, workers)
  reconcile.active.set({ controller }, 0)
  queue.depth.set(labels, 0)
  for (const result of ['success', 'requeue_after', 'error']) reconcile.total.inc({ controller, result }, 0)
  reconcile.errors.inc({ controller }, 0)
  return {
    queue: {
      added: () => queue.adds.inc(labels),
      retried: () => queue.retries.inc(labels),
      depth: (keys) => queue.depth.set(labels, keys),
      waited: (seconds) => queue.waited.observe(labels, seconds),
    },
    started: () => reconcile.active.inc({ controller }),
    ended(result, seconds, timedOut) {
      reconcile.active.dec({ controller })
      reconcile.total.inc({ controller, result })
      reconcile.seconds.observe({ controller }, seconds)
      queue.worked.observe(labels, seconds)
      if (result === 'error') reconcile.errors.inc({ controller })
      if (timedOut) reconcile.timeouts.inc({ controller })
    },
  }
}
