// A short hash of a text, for names and for annotations that tell whether something changed.
import { createHash } from 'node:crypto'

/** Ten hex digits of SHA-256: enough to tell versions of one object apart, not for secrets to be guessed from. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10)
