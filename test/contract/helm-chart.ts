// The chart as Helm renders it, for tests; without a Helm there is nothing to test it with, and the first test says so.

import { vi } from 'vitest'
import { chart, findHelm, renderChart } from '../../charts/helm.ts'
import { documentsOf } from './custom-resources.ts'

// Helm is a process for each rendering; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

export { chart }

/** What the tests read of a rendered object. */
export interface Rendered {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Readonly<Record<string, string>> }
  readonly rules?: readonly Rule[]
  readonly spec?: unknown
}

export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

export const helm = (): string => {
  const path = findHelm(process.env)
  if (!path) throw new Error('helm is not on the PATH: install Helm 3.14 or newer, or let `make test` make one')
  return path
}

/** Objects of the chart; `settings` are written as `--set-json` takes them. */
export const render = (settings: Readonly<Record<string, unknown>> = {}): readonly Rendered[] =>
  documentsOf(
    renderChart(helm(), ...Object.entries(settings).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`])),
  ) as readonly Rendered[]

export const named = (objects: readonly Rendered[], kind: string): readonly string[] =>
  objects
    .filter((object) => object.kind === kind)
    .map(({ metadata }) => (metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`))
    .sort()
