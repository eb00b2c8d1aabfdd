// The one place that asks the machine for randomness.
import { randomBytes } from 'node:crypto'
import type { Random } from '../deps.ts'

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  number: () => Math.random(),
}
