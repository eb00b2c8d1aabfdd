// A certificate that nobody trusts: nginx needs one to start, and must run to answer the challenge that the real one is got by.
import type { Clock, Pki } from '../deps.ts'
import { type Pair, standInAuthority } from './certificate.ts'

/** Its age is no matter: it is as little trusted on its last day as on its first. */
const days = 1

export const standInBy =
  (pki: Pick<Pki, 'createCa' | 'issue'>, clock: Pick<Clock, 'now'>) =>
  async (host: string): Promise<Pair> => {
    const authority = await pki.createCa(standInAuthority, clock.now(), days)
    const { certificate, key } = await pki.issue(authority, [host], clock.now(), days)
    return { certificate, key }
  }
