// Brings the operator of this checkout into a cluster: images, then the chart.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cluster, type KubernetesObject, repository } from './cluster.ts'
import { run } from './command.ts'

export const operatorNamespace = 'finia-system'
const release = 'finia-operator'

/** Images by what they are for: the two of this checkout, and the public ones that an instance runs. */
export const images = async () => {
  const version = (await readFile(join(repository, 'VERSION'), 'utf8')).trim()
  return { operator: `finia-operator:${version}`, api: `finia:${version}`, public: ['mariadb:10.11', 'nginx:stable'] } as const
}

interface Pod extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly containerStatuses?: readonly { readonly imageID: string }[] }
}

/** The tag of a checkout's images stays when their content changes: Deployments whose pods run older content start new ones. */
const renewPods = async (cluster: Cluster, selector: string, image: string): Promise<void> => {
  const id = (await run('docker', ['image', 'inspect', '-f', '{{.Id}}', image])).trim()
  const pods = (await cluster.listAll<Pod>('pods', selector)).filter(({ status }) => status?.phase === 'Running')
  const stale = new Set(
    pods.filter(({ status }) => !status?.containerStatuses?.every(({ imageID }) => imageID.endsWith(id))).map(({ metadata }) => metadata.namespace),
  )
  for (const { metadata } of await cluster.listAll('deployments', selector)) {
    if (metadata.namespace === undefined || !stale.has(metadata.namespace)) continue
    const target = ['-n', metadata.namespace, 'rollout']
    await cluster.kubectl([...target, 'restart', `deployment/${metadata.name}`])
    await cluster.kubectl([...target, 'status', `deployment/${metadata.name}`, '--timeout=300s'], { timeoutMilliseconds: 310_000 })
  }
}

/** Loads what is not there yet, installs or upgrades the chart, and waits until all that runs is of this checkout. */
export const installOperator = async (cluster: Cluster, values: readonly string[] = []): Promise<void> => {
  const { operator, api, public: others } = await images()
  await cluster.script('load.sh', [operator, api, ...others])
  const set = values.flatMap((value) => ['--set', value])
  await cluster.helm(['upgrade', '--install', release, join(repository, 'charts/finia-operator'), '-n', operatorNamespace, '--create-namespace', ...set])
  await cluster.kubectl(['-n', operatorNamespace, 'rollout', 'status', 'deployment', '--timeout=180s'], { timeoutMilliseconds: 190_000 })
  await renewPods(cluster, `app.kubernetes.io/name=${release}`, operator)
  await renewPods(cluster, 'app.kubernetes.io/name=finia,app.kubernetes.io/component=api', api)
}
