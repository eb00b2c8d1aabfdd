// A client of the API server for tests.

import type { Clock, Log, Stopwatch } from '../../operator/deps.ts'
import { KubeClient } from '../../operator/kube/client.ts'
import type { Connection } from '../../operator/kube/connection.ts'
import { listWatch } from '../../operator/kube/list-watch.ts'
import { Transport } from '../../operator/kube/transport.ts'
import { fieldManager } from '../../operator/names.ts'
import { systemClock } from '../../operator/runtime/system-clock.ts'
import { systemRandom } from '../../operator/runtime/system-random.ts'

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

export const customResourceDefinition = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions', kind: 'CustomResourceDefinition' }

export interface Access {
  readonly url: string
  readonly ca: string
  readonly token: string
  readonly clock?: Clock & Stopwatch
  readonly userAgent?: string
  /** Instead of a fixed token. */
  readonly connection?: Partial<Connection>
}

export const clientFor = ({ url, ca, token, clock = systemClock, userAgent = 'finia-tests', connection }: Access) => {
  const transport = new Transport({
    connection: { server: url, tls: async () => ({ ca }), token: async () => token, ...connection },
    clock,
    random: systemRandom,
    log: silentLog,
    userAgent,
  })
  return { kube: new KubeClient({ transport, fieldManager }), lists: listWatch(transport), transport, close: () => transport.close() }
}
