// What monitoring sees of one edge pod: nginx's own figures, its configuration and its certificate.
import { Gauge, Registry } from 'prom-client'
import type { EdgeState } from './agent.ts'
import { parseNginxStatus } from './nginx-status.ts'

export interface EdgeMetricsDeps {
  readonly state: () => EdgeState
  /** nginx's stub_status page. */
  readonly page: () => Promise<string>
}

/** Name, meaning; the value comes from what was read for the scrape. */
const figures = {
  finia_edge_configuration_refused: '1 while nginx refuses the configuration or certificate that is mounted and runs the one before.',
  finia_edge_servers: 'API pods that nginx passes requests on to.',
  finia_edge_certificate_expiry_timestamp_seconds: 'When the certificate that is served expires, in seconds since 1970.',
  nginx_up: '1 when nginx answered this scrape.',
  nginx_connections_active: 'Client connections that are open.',
  nginx_connections_reading: 'Connections where nginx reads a request.',
  nginx_connections_writing: 'Connections where nginx writes an answer.',
  nginx_connections_waiting: 'Idle connections.',
  nginx_connections_accepted: 'Connections accepted since the configuration of these workers was loaded for the first time.',
  nginx_connections_handled: 'Connections handled; fewer than accepted means that a limit was met.',
  nginx_http_requests_total: 'Requests since nginx was started.',
} as const

type Figure = keyof typeof figures

const ofState = ({ running, refused, certificateProblem }: EdgeState): Partial<Record<Figure, number>> => ({
  finia_edge_configuration_refused: refused !== undefined || certificateProblem !== undefined ? 1 : 0,
  finia_edge_servers: running?.servers ?? 0,
  ...(running?.certificate?.standIn === false && { finia_edge_certificate_expiry_timestamp_seconds: Date.parse(running.certificate.notAfter) / 1000 }),
})

const ofNginx = (page: string | undefined): Partial<Record<Figure, number>> => {
  const status = page === undefined ? undefined : parseNginxStatus(page)
  if (!status) return { nginx_up: 0 }
  return {
    nginx_up: 1,
    nginx_connections_active: status.active,
    nginx_connections_reading: status.reading,
    nginx_connections_writing: status.writing,
    nginx_connections_waiting: status.waiting,
    nginx_connections_accepted: status.accepted,
    nginx_connections_handled: status.handled,
    nginx_http_requests_total: status.requests,
  }
}

export const edgeMetrics = ({ state, page }: EdgeMetricsDeps): (() => Promise<{ readonly type: string; readonly text: string }>) => {
  const registry = new Registry()
  const gauges = Object.entries(figures).map(([name, help]) => [name as Figure, new Gauge({ name, help, registers: [registry] })] as const)
  return async () => {
    const values = { ...ofState(state()), ...ofNginx(await page().catch(() => undefined)) }
    for (const [name, gauge] of gauges) {
      const value = values[name]
      if (value === undefined) gauge.remove()
      else gauge.set(value)
    }
    return { type: registry.contentType, text: await registry.metrics() }
  }
}
