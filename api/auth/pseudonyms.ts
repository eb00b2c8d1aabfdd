// What the log calls an account or a session without telling its name: the same for the same one, and of no use to who lacks the key.
import { createHmac, hkdfSync } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'

export type Pseudonyms = (name: string) => string

/** 64 bits: enough to tell the accounts of a server apart. */
const digits = 16

/** From the key that sessions are sealed with, so that all replicas say the same. After a rotation of the key everything is called anew. */
export const pseudonymsFrom = ([{ key }]: KeyRing): Pseudonyms => {
  const own = new Uint8Array(hkdfSync('sha256', key, '', 'finia audit pseudonyms', 32))
  return (name) => createHmac('sha256', own).update(name).digest('hex').slice(0, digits)
}
