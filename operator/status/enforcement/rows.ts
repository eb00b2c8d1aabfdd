// What the API enforces behind every edge, and what may be off.
import type { FiniaInstance } from '../../crd/kinds.ts'
import type { Enforcement } from '../../crd/status.ts'
import type { CertificateState } from '../../observe/facts.ts'
import { isSecure } from '../../resources/public-url.ts'

export type Protection = Enforcement['protection']
export type Row = Pick<Enforcement, 'by' | 'detail'>
export type Rows = Readonly<Record<Protection, Row>>
/** What an edge says of TLS; HSTS is the API's. */
export type TlsRows = Pick<Rows, 'TLSVersions' | 'TLSCiphers' | 'OCSPStapling' | 'HTTPSRedirect'>

export const edge = (detail: string): Row => ({ by: 'Edge', detail })
export const api = (detail: string): Row => ({ by: 'API', detail })
export const unsupported = (detail: string): Row => ({ by: 'Unsupported', detail })

/** What of the edge's certificate decides who enforces what. */
export type Certificate = Pick<CertificateState, 'responderPort'>

/** Whether the API can tell clients apart; the seam is `api.client_known` of its settings. */
export type IsClientKnown = boolean

const perClient = (isClientKnown: IsClientKnown): string =>
  isClientKnown ? 'for each client address' : 'for each session and account, since client addresses are not known'

/** Without a limit at the edge. */
export const requestsByApi = ({ spec }: FiniaInstance, isClientKnown: IsClientKnown, why: string): Row => {
  const { requestsPerMinute } = spec.api.limits
  if (requestsPerMinute === 0) return unsupported(`${why} The limit of the API is off too (spec.api.limits.requestsPerMinute is 0).`)
  return api(`${why} The API allows ${requestsPerMinute} requests a minute ${perClient(isClientKnown)}, over all of its pods.`)
}

const lockout = ({ spec }: FiniaInstance, isClientKnown: IsClientKnown): string | undefined => {
  const { perAccount, perAddress, lockout: span } = spec.api.limits.loginFailures
  const counted = [
    ...(perAccount > 0 ? [`${perAccount} failed logins of an account`] : []),
    ...(perAddress > 0 && isClientKnown ? [`${perAddress} of an address`] : []),
  ]
  return counted.length === 0 ? undefined : `The API refuses logins for ${span} after ${counted.join(' or ')}.`
}

export const loginsByApi = (instance: FiniaInstance, isClientKnown: IsClientKnown, why: string): Row => {
  const sentence = lockout(instance, isClientKnown)
  return sentence ? api(`${why} ${sentence}`) : unsupported(`${why} The limits of the API are off too (spec.api.limits.loginFailures).`)
}

/** Added to what an edge counts. */
export const besidesTheApi = (instance: FiniaInstance, isClientKnown: IsClientKnown): string => {
  const sentence = lockout(instance, isClientKnown)
  return sentence ? ` ${sentence}` : ''
}

const isEncrypted = (instance: FiniaInstance): boolean => instance.spec.ingress.provider !== 'None' && isSecure(instance)

/** All that depends on TLS, when there is none that FiniA knows of. */
export const withoutTls = ({ spec }: FiniaInstance): Pick<Rows, 'HSTS'> & TlsRows => {
  const row = unsupported(
    spec.ingress.provider === 'None'
      ? 'spec.ingress.provider is None: TLS is up to whoever forwards to the API.'
      : 'spec.ingress.tls.mode is Disabled: there is no TLS, and passwords travel in the clear.',
  )
  return { HSTS: row, TLSVersions: row, TLSCiphers: row, OCSPStapling: row, HTTPSRedirect: row }
}

const hsts = ({ spec }: FiniaInstance): Row =>
  spec.ingress.hsts.maxAge === 0
    ? unsupported('Off: spec.ingress.hsts.maxAge is 0.')
    : api('On all that the API answers; a controller that adds the header itself must be told not to.')

const cors = ({ spec }: FiniaInstance): Row => {
  const { corsOrigins } = spec.api.config
  return api(corsOrigins.length === 0 ? 'No other origin is allowed.' : `Allowed, with credentials: ${corsOrigins.join(', ')}.`)
}

/** Where the edge has no limit on bodies. */
export const bodiesByApi = ({ spec }: FiniaInstance, why: string): Row => {
  const { bodySize } = spec.api.limits
  return Number.parseFloat(bodySize) === 0
    ? unsupported(`${why} The limit of uploaded files is off in the API too (spec.api.limits.bodySize is 0).`)
    : api(`${why} The API takes uploaded files of ${bodySize} at most, and other bodies of 1 MiB.`)
}

/** The API is the one that sends headers and files, whoever stands before it. */
export const rowsOfApi = (instance: FiniaInstance): Pick<Rows, 'SecurityHeaders' | 'ContentSecurityPolicy' | 'CORS' | 'StaticCaching' | 'Compression'> => ({
  SecurityHeaders: api('On all that the API answers, not on what the edge answers by itself.'),
  ContentSecurityPolicy: api('On all that the API answers; nothing of the web UI is inline.'),
  CORS: cors(instance),
  StaticCaching: api('Files of the web UI have hashed names, and browsers keep them for a year.'),
  Compression: unsupported('The API sends nothing compressed; an edge may do it by settings of its own.'),
})

/** Who the client is, where only the API can tell. */
export const clientByApi = ({ spec }: FiniaInstance): Row => {
  const { trustedProxies } = spec.ingress
  return trustedProxies.length > 0
    ? api(`The API believes X-Forwarded-For from ${trustedProxies.join(', ')}, and nobody else.`)
    : unsupported(
        'Not known to the API, which counts sessions and accounts instead: name the addresses of whoever forwards to it in spec.ingress.trustedProxies.',
      )
}

export const isClientTold = ({ spec }: FiniaInstance): IsClientKnown => spec.ingress.trustedProxies.length > 0

export const timeouts = ({ spec }: FiniaInstance): string => {
  const { connect, send, read } = spec.ingress.timeouts
  return `${connect} to connect, ${send} between two writes, ${read} between two reads.`
}

/** All that depends on TLS: what an edge says of it, or why there is none. */
export const tlsRows = (instance: FiniaInstance, tls: TlsRows): Pick<Rows, 'HSTS'> & TlsRows =>
  isEncrypted(instance) ? { HSTS: hsts(instance), ...tls } : withoutTls(instance)
