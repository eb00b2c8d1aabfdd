// Every protection that the status lists, tried through an edge as people and attackers would: who shows to enforce it.
import type { Cluster } from '../kind/cluster.ts'
import { compression, contentSecurityPolicy, cors, hsts, securityHeaders, staticCaching } from './protections-answers.ts'
import { bodySize, loginRateLimit, requestRateLimit } from './protections-limits.ts'
import { clientAddress, loadBalancing, timeoutsHeld, webSocket } from './protections-passing.ts'
import type { Probe, Protection, Shown, Way } from './protections-probe.ts'
import { httpsRedirect, ocspStapling, tlsCiphers, tlsVersions } from './protections-tls.ts'
import { statusOf } from './shop.ts'

/** In the order in which they are tried: what limits use up the others would lack, where an edge takes all of them for one client. */
const probes: Readonly<Record<Protection, Probe>> = {
  SecurityHeaders: securityHeaders,
  HSTS: hsts,
  ContentSecurityPolicy: contentSecurityPolicy,
  TLSVersions: tlsVersions,
  TLSCiphers: tlsCiphers,
  OCSPStapling: ocspStapling,
  HTTPSRedirect: httpsRedirect,
  WebSocket: webSocket,
  CORS: cors,
  StaticCaching: staticCaching,
  Compression: compression,
  LoadBalancing: loadBalancing,
  ClientAddress: clientAddress,
  Timeouts: timeoutsHeld,
  BodySize: bodySize,
  RequestRateLimit: requestRateLimit,
  LoginRateLimit: loginRateLimit,
}

/** It shows nothing, and agrees with nothing that a status could say. */
const failed = (error: unknown): Shown => ({ by: 'Failed', detail: String(error) })

const protectionsShown = async (way: Way): Promise<Readonly<Record<string, Shown>>> => {
  const shown: Record<string, Shown> = {}
  for (const [protection, probe] of Object.entries(probes)) shown[protection] = await probe(way).catch(failed)
  return shown
}

type Enforcers = Readonly<Record<string, string>>

const enforcers = (rows: Readonly<Record<string, { readonly by: string }>>): Enforcers =>
  Object.fromEntries(Object.entries(rows).map(([protection, { by }]) => [protection, by]))

export interface Compared {
  readonly shown: Enforcers
  readonly said: Enforcers
  /** What was seen, for who reads it. */
  readonly details: string
}

const said = async (cluster: Cluster): Promise<Enforcers> => {
  const rows = (await statusOf(cluster)).ingress?.enforcement ?? []
  return enforcers(Object.fromEntries(rows.map((row) => [row.protection, row])))
}

/** What requests show of every protection, where the server of the tests is among the pods of the API, and what the status says of it. */
export const compareProtections = async (way: Way): Promise<Compared> => {
  const shown = await protectionsShown(way)
  const details = Object.entries(shown).map(([protection, { by, detail }]) => `${protection}: ${by}, ${detail}`)
  return { shown: enforcers(shown), said: await said(way.cluster), details: details.join('\n') }
}
