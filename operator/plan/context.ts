// What a decision needs beside what was observed.
import type { Settings } from '../deps.ts'

export interface Context {
  readonly now: Date
  readonly settings: Settings
  /** A short hash of a text. */
  readonly digest: (text: string) => string
}
