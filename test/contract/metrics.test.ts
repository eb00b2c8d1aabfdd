import { readFileSync } from 'node:fs'
import { Registry } from 'prom-client'
import { beforeAll, expect, test } from 'vitest'
import { countProcess } from '../../api/metrics/process.ts'
import { prometheusMetrics } from '../../api/metrics/prometheus.ts'
import { certificateMetrics } from '../../operator/certificate-metrics.ts'
import { edgeMetrics } from '../../operator/edge-agent/metrics.ts'
import { type Declared, declaredIn } from '../api/metrics/exposition.ts'
import { root } from './custom-resources.ts'

interface Metric extends Declared {
  readonly labels: readonly string[]
}

const documented = (): readonly Metric[] =>
  [...readFileSync(`${root}docs/monitoring.md`, 'utf8').matchAll(/^\| `(\w+)` *\| (\w+) *\| (.*?) *\| (.*?) *\|$/gm)].map(
    ([, name = '', type = '', labels = '', help = '']) => ({
      name,
      type,
      help,
      labels: labels.split(', ').flatMap((label) => label.replaceAll('`', '') || []),
    }),
  )

let declared: readonly Declared[]
let labelsOf: (name: string) => readonly string[]
beforeAll(async () => {
  const registry = new Registry()
  const none = { total: 0, idle: 0, waiting: 0 }
  countProcess(registry)
  const metrics = prometheusMetrics({ release: '1.0.0', pools: () => ({ users: none, service: none }), sessions: () => 0 }, registry)
  certificateMetrics({ list: () => [] }, registry)
  const edge = await edgeMetrics({ state: () => ({ mounted: '', synced: true }), page: () => Promise.resolve('') })()
  declared = [(await metrics.exposition()).text, edge.text].flatMap(declaredIn)
  // the library keeps them where its types do not say so
  labelsOf = (name) => (registry.getSingleMetric(name) as unknown as { readonly labelNames?: readonly string[] } | undefined)?.labelNames ?? []
})

const own = ({ name }: { readonly name: string }) => name.startsWith('finia_') || name === 'nodejs_eventloop_active_seconds_total'
const facts = ({ name, type, labels }: Metric) => `${name} ${type} ${[...labels].sort().join()}`

test('monitoring.md lists every metric of ours with its type and labels, and no other', () => {
  const real = declared.filter(own).map((metric) => ({ ...metric, labels: labelsOf(metric.name).filter((label) => label !== 'le') }))
  expect(real.length).toBeGreaterThan(10)
  expect(documented().map(facts).sort()).toEqual(real.map(facts).sort())
})

test('names follow the conventions of Prometheus: counters count totals, durations are in seconds, and each has a help', () => {
  const ours = declared.filter(own)
  expect(ours.filter(({ type, name }) => (type === 'counter') !== name.endsWith('_total'))).toEqual([])
  expect(ours.filter(({ name, help }) => !/^[a-z][a-z_]*$/.test(name) || /milli|micro/.test(name) || help.length < 10)).toEqual([])
})
