// The keys that sessions are sealed with: a JWK set (RFC 7517) of 256-bit `oct` keys. The first one encrypts, all decrypt.
export interface SessionKey {
  readonly kid: string
  readonly key: Uint8Array
}
export type KeyRing = readonly [SessionKey, ...SessionKey[]]

type Reading = { readonly keyRing?: KeyRing; readonly problems: readonly string[] }

/** Complaints name positions only: the text is a secret. */
const readKey = (jwk: unknown, index: number): { key: SessionKey } | { problem: string } => {
  const { kty, kid, k } = (jwk ?? {}) as { kty?: unknown; kid?: unknown; k?: unknown }
  const bytes = typeof k === 'string' ? Buffer.from(k, 'base64url') : Buffer.alloc(0)
  if (kty !== 'oct' || bytes.length !== 32)
    return { problem: `FINIA_SESSION_KEYS: key ${index + 1} is no "oct" key of 256 bits; write {"kty":"oct","kid":"…","k":"<32 bytes, base64url>"}.` }
  if (typeof kid !== 'string' || kid === '') return { problem: `FINIA_SESSION_KEYS: key ${index + 1} has no "kid"; give each key a name of its own.` }
  return { key: { kid, key: bytes } }
}

const parseSet = (text: string): unknown => {
  try {
    const set: unknown = JSON.parse(text)
    return typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined
  } catch {
    return undefined
  }
}

export const readKeyRing = (text: string | undefined): Reading => {
  if (!text) return { problems: [] }
  const list = parseSet(text)
  if (!Array.isArray(list) || list.length === 0)
    return { problems: ['FINIA_SESSION_KEYS is no JWK set with a key in it; write {"keys":[…]}, or leave it out.'] }
  const readings = list.map(readKey)
  const problems = readings.flatMap((reading) => ('problem' in reading ? [reading.problem] : []))
  const keys = readings.flatMap((reading) => ('key' in reading ? [reading.key] : []))
  const [first, ...others] = keys
  if (problems.length > 0 || !first) return { problems }
  const names = new Set(keys.map(({ kid }) => kid))
  return names.size < keys.length
    ? { problems: ['FINIA_SESSION_KEYS: two keys have the same "kid"; give each key a name of its own.'] }
    : { keyRing: [first, ...others], problems: [] }
}
