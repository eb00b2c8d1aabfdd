// A session's token: a JWE that only the replicas can read. It carries the database login, so that no replica needs to remember one.
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import type { KeyRing } from './key-ring.ts'

export interface Claims {
  readonly sessionId: string
  readonly username: string
  readonly database: string
  readonly password: string
}

export interface Tokens {
  seal(claims: Claims, now: Date, lifetimeSeconds: number): Promise<string>
  open(token: string, now: Date): Promise<Claims | 'invalid' | 'expired'>
}

const algorithms = { alg: 'dir', enc: 'A256GCM' } as const

const claimsOf = ({ sid, usr, db, pwd }: Record<string, unknown>): Claims | 'invalid' =>
  typeof sid === 'string' && typeof usr === 'string' && typeof db === 'string' && typeof pwd === 'string'
    ? { sessionId: sid, username: usr, database: db, password: pwd }
    : 'invalid'

type Opened = Awaited<ReturnType<typeof jwtDecrypt>>['payload']

/** Opening takes a good part of a quick request: a page asks for several things within a second. */
const remembered = 1_000
const most = 500

/** What tokens were found to hold lately; their ends are checked each time. */
class OpenedTokens {
  readonly #found = new Map<string, { readonly at: number; readonly payload: Opened }>()

  find(token: string, now: number): Opened | undefined {
    const found = this.#found.get(token)
    if (found && now >= found.at && now - found.at < remembered && (found.payload.exp ?? 0) * 1_000 > now) return found.payload
    if (found) this.#found.delete(token)
    return undefined
  }

  keep(token: string, now: number, payload: Opened): void {
    for (const [other, { at }] of this.#found) {
      if (this.#found.size < most && now - at < remembered) break
      this.#found.delete(other)
    }
    this.#found.set(token, { at: now, payload })
  }
}

export const tokensOf = (ring: KeyRing): Tokens => {
  const opened = new OpenedTokens()
  const [current] = ring
  const keys = new Map(ring.map(({ kid, key }) => [kid, key]))
  const keyNamed = (kid: string | undefined): Uint8Array => {
    const key = keys.get(kid ?? '')
    if (!key) throw new errors.JWEInvalid('unknown key')
    return key
  }
  return {
    seal: ({ sessionId, username, database, password }, now, lifetimeSeconds) => {
      const seconds = Math.floor(now.getTime() / 1000)
      return new EncryptJWT({ sid: sessionId, usr: username, db: database, pwd: password })
        .setProtectedHeader({ ...algorithms, kid: current.kid })
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + lifetimeSeconds)
        .encrypt(current.key)
    },
    open: async (token, now) => {
      const known = opened.find(token, now.getTime())
      if (known) return claimsOf(known)
      try {
        const { payload } = await jwtDecrypt(token, ({ kid }) => keyNamed(kid), {
          currentDate: now,
          keyManagementAlgorithms: [algorithms.alg],
          contentEncryptionAlgorithms: [algorithms.enc],
          requiredClaims: ['exp'],
        })
        opened.keep(token, now.getTime(), payload)
        return claimsOf(payload)
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'expired'
        if (error instanceof errors.JOSEError || error instanceof TypeError) return 'invalid'
        throw error
      }
    },
  }
}
