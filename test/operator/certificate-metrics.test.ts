import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { certificateMetrics } from '../../operator/certificate-metrics.ts'
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import type { Cache, KubeObject } from '../../operator/deps.ts'
import { samplesOf } from '../api/metrics/exposition.ts'
import { anInstance } from '../support/instance.ts'

const watching = (instances: () => readonly FiniaInstance[]) => {
  const registry = new Registry()
  // Nothing but instances is asked for.
  const list = (() => instances() as readonly object[] as readonly KubeObject[]) as Cache['list']
  certificateMetrics({ list }, registry)
  return async () => samplesOf(await registry.metrics())
}

const expiry = (namespace: string, name: string) => `finia_certificate_expiry_timestamp_seconds{namespace="${namespace}",name="${name}"}`
const renewal = (namespace: string, name: string) => `finia_certificate_renewal_timestamp_seconds{namespace="${namespace}",name="${name}"}`
const seconds = (text: string) => Date.parse(text) / 1000

test('each instance with a certificate tells when it ends, and when it is renewed if somebody renews it', async () => {
  const samples = watching(() => [
    anInstance({ status: { tls: { notAfter: '2026-09-01T00:00:00Z', renewAt: '2026-08-01T00:00:00Z' } } }),
    anInstance({ namespace: 'other', spec: { ingress: { provider: 'Gateway' } }, status: { tls: { notAfter: '2027-01-01T00:00:00Z' } } }),
    anInstance({ name: 'plain', status: {} }),
    anInstance({ name: 'new' }),
  ])
  expect(await samples()).toEqual({
    [expiry('finance', 'home')]: seconds('2026-09-01T00:00:00Z'),
    [renewal('finance', 'home')]: seconds('2026-08-01T00:00:00Z'),
    [expiry('other', 'home')]: seconds('2027-01-01T00:00:00Z'),
  })
})

test('what is gone is not told any more', async () => {
  let instances: readonly FiniaInstance[] = [anInstance({ status: { tls: { notAfter: '2026-09-01T00:00:00Z', renewAt: '2026-08-01T00:00:00Z' } } })]
  const samples = watching(() => instances)
  expect(Object.keys(await samples())).toHaveLength(2)
  instances = [anInstance({ status: { tls: { notAfter: '2026-10-01T00:00:00Z' } } })]
  expect(await samples()).toEqual({ [expiry('finance', 'home')]: seconds('2026-10-01T00:00:00Z') })
  instances = []
  expect(await samples()).toEqual({})
})
