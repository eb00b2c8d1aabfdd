// Helm, as far as the chart's own files and tests need it: a rendered manifest, and nothing of a cluster.
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const chart = fileURLToPath(new URL('finia-operator', import.meta.url))

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The helm of the PATH, or else the one that the local cluster's set-up made. */
export const findHelm = (environment: Readonly<Record<string, string | undefined>>): string | undefined => {
  const cache = environment['CLUSTER_WORK'] ?? join(environment['XDG_CACHE_HOME'] ?? join(environment['HOME'] ?? '/root', '.cache'), 'finia-cluster')
  const folders = [...(environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), join(cache, 'tools')]
  return folders.map((folder) => join(folder, 'helm')).find(isProgram)
}

/** `helm template`, as the release finia-operator in the namespace finia-system; the error is what Helm says. */
export const renderChart = (helm: string, ...options: readonly string[]): string =>
  execFileSync(helm, ['template', 'finia-operator', chart, '--namespace', 'finia-system', ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
