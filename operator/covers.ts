// Whether a live object still says everything that a manifest says. What the manifest leaves out (defaults, status, other managers' fields) does not count.
import { quantity } from './amounts.ts'

type Json = unknown

/** The API server writes quantities in its own form: 0.5 becomes 500m, 1024Mi becomes 1Gi. */
const sameQuantity = (left: string, right: string): boolean => {
  const amount = quantity(left)
  return amount !== undefined && amount === quantity(right)
}

const sameScalar = (live: Json, intent: Json): boolean =>
  live === intent ||
  ((typeof live === 'string' || typeof live === 'number') &&
    (typeof intent === 'string' || typeof intent === 'number') &&
    sameQuantity(String(live), String(intent)))

const isRecord = (value: Json): value is Readonly<Record<string, Json>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** True when every leaf of `intent` is found, equal, in `live`. Lists must have the same items in the same order. */
export const covers = (live: Json, intent: Json): boolean => {
  if (Array.isArray(intent) && live === undefined) return intent.length === 0 // the API server drops what is empty
  if (Array.isArray(intent)) return Array.isArray(live) && live.length === intent.length && intent.every((item, index) => covers(live[index], item))
  if (!isRecord(intent)) return sameScalar(live, intent)
  if (!isRecord(live)) return Object.keys(intent).length === 0 && live === undefined
  return Object.entries(intent).every(([key, value]) => covers(live[key], value))
}
