// The port EdgeProbe on node:https: what a person's browser would see, without DNS and without a way in from outside.
import { request } from 'node:https'
import type { EdgeProbe } from '../deps.ts'

type Answer = Awaited<ReturnType<EdgeProbe['ask']>>

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: look at the edge pods',
  ENOTFOUND: 'its name is not known to DNS: look at the edge Service',
  EAI_AGAIN: 'DNS does not answer: look at the cluster DNS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is not made for this host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
}

const failureOf = (address: string, port: number, error: NodeJS.ErrnoException): string => {
  const code = error.code ?? 'unknown'
  return `${address}:${port} did not answer (${code}): ${advice[code] ?? error.message}`
}

const ask = (deadlineMilliseconds: number, { address, port, host, ca }: Parameters<EdgeProbe['ask']>[0]) =>
  new Promise<Answer>((resolve) => {
    const asked = request(
      {
        host: address,
        port,
        path: '/api/health',
        servername: host,
        headers: { host, connection: 'close' },
        ca,
        agent: false,
        signal: AbortSignal.timeout(deadlineMilliseconds),
      },
      (response) => {
        resolve({ status: response.statusCode ?? 0 })
        // The body may be endless or late; the status is all that is asked for.
        response.destroy()
      },
    )
    asked.on('error', (error: NodeJS.ErrnoException) => {
      const isLate = error.name === 'AbortError' || error.name === 'TimeoutError'
      resolve({ failure: isLate ? `${address}:${port} did not answer within ${deadlineMilliseconds / 1000} seconds` : failureOf(address, port, error) })
    })
    asked.end()
  })

export const edgeProbeWithin = (deadlineMilliseconds: number): EdgeProbe => ({ ask: (asked) => ask(deadlineMilliseconds, asked) })

export const edgeProbe: EdgeProbe = edgeProbeWithin(5_000)
