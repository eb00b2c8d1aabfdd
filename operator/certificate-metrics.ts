// What monitoring sees of the certificates that people are served, whoever issues them. Each scrape reads the cache, so that what is gone is gone here as well.
import { Gauge, type Registry } from 'prom-client'
import type { FiniaInstance } from './crd/kinds.ts'
import type { InstanceStatus } from './crd/status.ts'
import type { Cache, KubeObject } from './deps.ts'
import { kinds } from './resources/kinds.ts'

interface Moment {
  readonly name: string
  readonly help: string
  readonly of: (tls: NonNullable<InstanceStatus['tls']>) => string | undefined
}

const moments: readonly Moment[] = [
  {
    name: 'finia_certificate_expiry_timestamp_seconds',
    help: 'When the certificate that is served for an instance expires, in seconds since 1970.',
    of: ({ notAfter }) => notAfter,
  },
  {
    name: 'finia_certificate_renewal_timestamp_seconds',
    help: 'When the certificate of an instance is renewed, in seconds since 1970, where somebody renews it.',
    of: ({ renewAt }) => renewAt,
  },
]

/** Registers them. */
export const certificateMetrics = (cache: Pick<Cache, 'list'>, registry: Registry): void => {
  for (const { name, help, of } of moments) {
    const gauge: Gauge<'namespace' | 'name'> = new Gauge({
      name,
      help,
      labelNames: ['namespace', 'name'],
      registers: [registry],
      collect: () => {
        gauge.reset()
        for (const { metadata, status } of cache.list(kinds.instance, '') as readonly KubeObject[] as readonly FiniaInstance[]) {
          const moment = status?.tls && of(status.tls)
          if (moment !== undefined) gauge.set({ namespace: metadata.namespace, name: metadata.name }, Date.parse(moment) / 1000)
        }
      },
    })
  }
}
