// Brings the cluster of the end-to-end tests up, with the operator in it, and removes it after the last test unless FINIA_KEEP_CLUSTER is set.
import { createServer, type Server } from 'node:net'
import type { TestProject } from 'vitest/node'
import { Cluster, type ClusterSettings } from '../kind/cluster.ts'
import { tryRun } from '../kind/command.ts'
import { installOperator } from '../kind/install.ts'
import { freePort } from '../support/free-port.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterSettings
  }
}

const name = process.env.FINIA_E2E_CLUSTER ?? 'finia-e2e'
/** One for each member of a database. */
const workers = 3

/** One run a cluster: the name is held as long as this process lives, however it ends. */
const hold = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause) =>
      reject(new Error(`another run uses the cluster ${name}: wait for its end, or set FINIA_E2E_CLUSTER to another name`, { cause })),
    )
    server.listen(`\0finia-cluster-${name}`, () => resolve(server.unref()))
  })

const isThere = async (): Promise<boolean> => (await tryRun('docker', ['inspect', `${name}-control-plane`])).code === 0

const start = async (keep: boolean): Promise<Cluster> => {
  // What a run that was cut off left behind is no ground to test on.
  if (!keep) await new Cluster({ name, workers, httpPort: 0, httpsPort: 0 }).script('down.sh')
  const cluster =
    keep && (await isThere()) ? await Cluster.running(name, workers) : new Cluster({ name, workers, httpPort: await freePort(), httpsPort: await freePort() })
  await cluster.script('images.sh')
  await cluster.script('up.sh')
  return cluster
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const keep = Boolean(process.env.FINIA_KEEP_CLUSTER)
  const held = await hold()
  const cluster = await start(keep)
  const remove = async () => {
    if (!keep) await cluster.script('down.sh')
    held.close()
  }
  try {
    // What no watch tells is looked at more often than usual, so that tests need not wait a minute for it.
    await Promise.all([installOperator(cluster, ['resyncSeconds=15']), cluster.script('addons/up.sh')])
  } catch (error) {
    await remove()
    throw error
  }
  project.provide('cluster', cluster.settings)
  return remove
}
