// Whether a live object still says everything that a manifest says. What the manifest leaves out (defaults, status, other managers' fields) does not count.

type Json = unknown

const quantity = /^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/
const scale: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
}

/** The API server writes quantities in its own form: 0.5 becomes 500m, 1024Mi becomes 1Gi. */
const sameQuantity = (left: string, right: string): boolean => {
  const [a, b] = [quantity.exec(left), quantity.exec(right)]
  return a !== null && b !== null && Number(a[1]) * (scale[a[2] ?? ''] ?? 1) === Number(b[1]) * (scale[b[2] ?? ''] ?? 1)
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
