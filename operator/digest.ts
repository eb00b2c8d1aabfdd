// A short hash of a text, for names and for annotations that tell whether something changed.
import { createHash, createHmac } from 'node:crypto'

/** Ten hex digits of SHA-256: enough to tell versions of one object apart, not for secrets to be guessed from. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10)

/** Of secrets: without the key nobody can try guesses on it. 64 bits tell the passwords of one user apart. */
export const keyedDigest = (key: string, parts: readonly string[]): string => createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex').slice(0, 16)
