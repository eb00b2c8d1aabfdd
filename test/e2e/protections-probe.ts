// What a probe is: it asks as people do, and tells who did what it saw.
import { randomInt } from 'node:crypto'
import type { Enforcement } from '../../operator/crd/status.ts'
import type { Site } from '../kind/browser.ts'
import type { Cluster } from '../kind/cluster.ts'
import { type Answerer, type Told, type Visit, visiting } from './protections-visit.ts'
import type { Door } from './shop.ts'

export type Protection = Enforcement['protection']

export interface Shown {
  readonly by: Enforcement['by'] | 'Failed'
  /** For who reads the failure, or the annotation. */
  readonly detail: string
}

/** A way to the API that has the server of the tests beside it. */
export interface Way {
  readonly cluster: Cluster
  readonly site: Site
  readonly door: Door
  /** A name that this edge knows nothing of from FiniA, where it is somebody else's: what it does for that one too, it does by itself. */
  readonly stranger?: string
}

export type Probe = (way: Way) => Promise<Shown>

export const edge = (detail: string): Shown => ({ by: 'Edge', detail })
export const api = (detail: string): Shown => ({ by: 'API', detail })
export const nobody = (detail: string): Shown => ({ by: 'Unsupported', detail })

/** Who refused, redirected, or otherwise answered by itself. */
export const whoAnswered = (by: Answerer, detail: string): Shown => (by === 'edge' ? edge(detail) : by === 'api' ? api(detail) : nobody(detail))

/** A client of its own, as a proxy before the edge tells it: no other probe has used up what it may. */
export const someClient = () => `198.18.${randomInt(256)}.${randomInt(1, 255)}`

export const visitingAs = <T>(client: string, { site }: Way, work: (visit: Visit) => Promise<T>): Promise<T> =>
  visiting(site, { 'x-forwarded-for': client }, work)

/** Something that was seen on an answer of the API and on one of the server of the tests, which sends it never. */
export const bySender = async (way: Way, path: string, has: (told: Told) => boolean, detail: string): Promise<Shown> =>
  visitingAs(someClient(), way, async (visit) => {
    if (has(await visit.askPast('api', path))) return edge(`${detail}: on what has come without`)
    return has(await visit.askPast('upstream', path)) ? api(detail) : nobody(`no ${detail}`)
  })
