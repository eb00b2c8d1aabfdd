// The keys of sessions as their Secret has them: a JWK set (RFC 7517). The first key encrypts, all decrypt.

export type SessionKey = Readonly<Record<string, unknown>> & { readonly kid: string }

const isKey = (value: unknown): value is SessionKey =>
  typeof value === 'object' && value !== null && 'kid' in value && typeof value.kid === 'string' && value.kid !== ''

/** Undefined when the text is no such set. */
export function parseSessionKeys(text: string): readonly SessionKey[] | undefined {
  try {
    const set: unknown = JSON.parse(text)
    const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined
    return Array.isArray(keys) && keys.length > 0 && keys.every(isKey) ? keys : undefined
  } catch {
    return undefined
  }
}

export const sessionKeysText = (keys: readonly SessionKey[]): string => JSON.stringify({ keys })

/** A key of 256 bits. */
export const sessionKey = (kid: string, secret: string): SessionKey => ({ kty: 'oct', kid, alg: 'dir', k: secret })

/** Last, so that it decrypts and does not encrypt; a key of that name is left as it is. */
export const withKeyAdded = (keys: readonly SessionKey[], key: SessionKey): readonly SessionKey[] =>
  keys.some(({ kid }) => kid === key.kid) ? keys : [...keys, key]

/** First, so that it encrypts. */
export const withKeyFirst = (keys: readonly SessionKey[], first: string): readonly SessionKey[] => [
  ...keys.filter(({ kid }) => kid === first),
  ...keys.filter(({ kid }) => kid !== first),
]

/** Since no pod encrypts with another key than `kid`: until when the other keys may be needed to decrypt. */
export interface OldKeys {
  readonly kid: string
  readonly neededUntil: Date
}

export const oldKeysText = ({ kid, neededUntil }: OldKeys): string => `${neededUntil.toISOString()} ${kid}`

export function parseOldKeys(text: string | undefined): OldKeys | undefined {
  const [, time = '', kid = ''] = /^(\S+) (.+)$/.exec(text ?? '') ?? []
  const neededUntil = new Date(time)
  return kid === '' || Number.isNaN(neededUntil.getTime()) ? undefined : { kid, neededUntil }
}
