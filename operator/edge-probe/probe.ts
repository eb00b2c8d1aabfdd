// The port EdgeProbe: what a person's browser would see, without DNS and without a way in from outside, and what the agent of an edge pod says.
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { isIP } from 'node:net'
import { type ConnectionOptions, checkServerIdentity, type SecureContextOptions } from 'node:tls'
import type { EdgeProbe } from '../deps.ts'
import { parseReport } from './report.ts'

type Asked = Parameters<EdgeProbe['ask']>[0]
type Answer = Awaited<ReturnType<EdgeProbe['ask']>>
type Told = Awaited<ReturnType<EdgeProbe['state']>>

const stateMilliseconds = 2_000
/** The longest answer of an agent that is read. */
const longestReport = 65_536

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: look at the edge pods',
  ENOTFOUND: 'its name is not known to DNS: look at the edge Service',
  EAI_AGAIN: 'DNS does not answer: look at the cluster DNS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is not made for this host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
}

/** All that is wrong is that nobody who is trusted has signed. */
const unknownSigner: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known',
  UNABLE_TO_GET_ISSUER_CERT: 'its chain is not complete or its authority is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its chain is not complete or its authority is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its chain is not complete or its authority is not known',
}

const failureOf = (address: string, port: number, code: string, message: string): string =>
  `${address}:${port} did not answer (${code}): ${advice[code] ?? message}`

interface Failed {
  readonly code: string
  readonly failure: string
}

type Tried = { readonly status: number } | Failed

/** An address is no name to ask for (RFC 6066, 3), so the certificate is held against it here. */
const identityOf = (host: string): ConnectionOptions =>
  isIP(host) === 0 ? { servername: host } : { servername: '', checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) }

/** One attempt; `trust` decides which chains are believed, and without it there is no TLS. */
const attempt = (deadlineMilliseconds: number, { address, port, host }: Asked, trust: SecureContextOptions | undefined) =>
  new Promise<Tried>((resolve) => {
    const signal = AbortSignal.timeout(deadlineMilliseconds)
    const options = { host: address, port, path: '/api/health', headers: { host, connection: 'close' }, agent: false, signal } as const
    const answered = (response: IncomingMessage) => {
      resolve({ status: response.statusCode ?? 0 })
      // The body may be endless or late; the status is all that is asked for.
      response.destroy()
    }
    const asked = trust ? secureRequest({ ...options, ...identityOf(host), ...trust }, answered) : plainRequest(options, answered)
    asked.on('error', (error: NodeJS.ErrnoException) => {
      const isLate = error.name === 'AbortError' || error.name === 'TimeoutError'
      const code = error.code ?? 'unknown'
      resolve(
        isLate
          ? { code: 'late', failure: `${address}:${port} did not answer within ${deadlineMilliseconds / 1000} seconds` }
          : { code, failure: failureOf(address, port, code, error.message) },
      )
    })
    asked.end()
  })

const withoutCode = (tried: Tried): Answer => ('status' in tried ? tried : { failure: tried.failure })

async function ask(deadlineMilliseconds: number, asked: Asked): Promise<Answer> {
  if (asked.plain) return withoutCode(await attempt(deadlineMilliseconds, asked, undefined))
  const first = await attempt(deadlineMilliseconds, asked, asked.ca === undefined ? {} : { ca: asked.ca })
  const why = 'code' in first ? unknownSigner[first.code] : undefined
  if (why === undefined || asked.expected === undefined) return withoutCode(first)
  // What is expected is trusted as it stands; names and dates are looked at all the same.
  const second = await attempt(deadlineMilliseconds, asked, { ca: asked.expected, allowPartialTrustChain: true })
  return 'status' in second ? { ...second, unverified: why } : withoutCode(second)
}

async function state(deadlineMilliseconds: number, { address, port }: { readonly address: string; readonly port: number }): Promise<Told> {
  try {
    const host = address.includes(':') ? `[${address}]` : address
    const answer = await fetch(`http://${host}:${port}/status`, { signal: AbortSignal.timeout(deadlineMilliseconds), redirect: 'error' })
    const text = await answer.text()
    const report = answer.ok && text.length <= longestReport ? parseReport(text) : undefined
    return report ?? { failure: `${address}:${port} answered ${answer.status} and nothing that an edge's agent says` }
  } catch {
    return { failure: `${address}:${port} did not answer` }
  }
}

export const edgeProbeWithin = (deadlineMilliseconds: number): EdgeProbe => ({
  ask: (asked) => ask(deadlineMilliseconds, asked),
  state: (asked) => state(Math.min(deadlineMilliseconds, stateMilliseconds), asked),
})

export const edgeProbe: EdgeProbe = edgeProbeWithin(5_000)
