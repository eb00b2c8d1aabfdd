// Brings the operator of this checkout into a cluster: images, then the chart.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cluster, repository } from './cluster.ts'

export const operatorNamespace = 'finia-system'
const release = 'finia-operator'

/** Images by what they are for: the two of this checkout, and the public ones that an instance runs. */
export const images = async (): Promise<{ readonly own: readonly [operator: string, api: string]; readonly public: readonly string[] }> => {
  const version = (await readFile(join(repository, 'VERSION'), 'utf8')).trim()
  return { own: [`finia-operator:${version}`, `finia:${version}`], public: ['mariadb:10.11', 'nginx:stable'] }
}

/** Loads what is not there yet, installs or upgrades the chart, and waits until it runs. Same tag, new content: the pods are made anew. */
export const installOperator = async (cluster: Cluster, values: readonly string[] = []): Promise<void> => {
  const { own, public: others } = await images()
  const loaded = (await cluster.script('load.sh', [...own, ...others])).split('\n')
  const set = values.flatMap((value) => ['--set', value])
  const known = (await cluster.helm(['list', '-n', operatorNamespace, '-q'])).split('\n').includes(release)
  await cluster.helm(['upgrade', '--install', release, join(repository, 'charts/finia-operator'), '-n', operatorNamespace, '--create-namespace', ...set])
  if (known && loaded.includes(own[0])) await cluster.kubectl(['-n', operatorNamespace, 'rollout', 'restart', 'deployment'])
  if (known && loaded.includes(own[1]))
    await cluster.kubectl(['rollout', 'restart', 'deployment', '-A', '-l', 'app.kubernetes.io/name=finia,app.kubernetes.io/component=api'])
  await cluster.kubectl(['-n', operatorNamespace, 'rollout', 'status', 'deployment', '--timeout=180s'], { timeoutMilliseconds: 200_000 })
}
