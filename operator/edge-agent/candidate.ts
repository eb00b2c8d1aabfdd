// A configuration of nginx as a folder of files: pure, from all that it is made of.
import { edgeFiles } from '../resources/edge-paths.ts'
import type { Pair } from './certificate.ts'
import { staplingText } from './stapling.ts'
import { type Server, upstreamText } from './upstreams.ts'

export interface Ingredients {
  /** nginx.conf as the operator renders it; it includes the other files by names relative to itself. */
  readonly settings: string
  readonly api: readonly Server[]
  readonly solvers: readonly Server[]
  /** Absent: the edge speaks plain http. */
  readonly pair?: Pair
  /** Whose word nginx staples, PEM; empty = it staples nothing. */
  readonly issuers: string
  /** Name servers of the pod, for the OCSP responder's name. */
  readonly resolvers: readonly string[]
}

export interface Candidate {
  /** Names the folder; equal ingredients have an equal id. */
  readonly id: string
  readonly files: Readonly<Record<string, string>>
}

export const candidateOf = (ingredients: Ingredients, digest: (text: string) => string): Candidate => {
  const { settings, api, solvers, pair, issuers, resolvers } = ingredients
  const files = {
    'nginx.conf': settings,
    [edgeFiles.upstream]: upstreamText(api),
    [edgeFiles.solvers]: upstreamText(solvers),
    [edgeFiles.stapling]: staplingText({ chain: pair?.certificate ?? '', issuers, resolvers }),
    ...(issuers && { [edgeFiles.issuers]: issuers }),
    ...(pair && { [edgeFiles.certificate]: pair.certificate, [edgeFiles.key]: pair.key }),
  }
  return { id: digest(JSON.stringify(files)), files }
}
