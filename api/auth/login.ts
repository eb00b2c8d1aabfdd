// One attempt to log in: the database decides whether the password is right, the failures of all replicas whether it is asked.

import { DatabaseError } from '../db/errors.ts'
import type { Deps } from '../deps.ts'
import { BadRequest, TooManyRequests, Unauthorized, Unavailable } from '../errors.ts'
import type { Claims } from './tokens.ts'
import { databaseOf } from './username.ts'

export interface Attempt {
  readonly username: string
  readonly password: string
  readonly address: string
}

export interface SignedIn {
  readonly claims: Claims
  readonly token: string
}

type LoginDeps = Pick<Deps, 'settings' | 'operations' | 'tokens' | 'databases' | 'clock' | 'random'>

const remaining = (left: number | undefined): string => (left ? ` (${left} attempts remaining)` : '')

/** Whether the database lets the user in. What is not a refusal says nothing about the password and counts for nothing. */
const isAdmitted = async ({ databases }: LoginDeps, claims: Claims): Promise<boolean> => {
  try {
    await databases.check(claims)
    return true
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    if (error.fault === 'denied') return false
    throw new Unavailable('The database does not answer, so nobody can sign in. Please try again in a moment.', { cause: error })
  }
}

const attempt = async (deps: LoginDeps, username: string, { password, address }: Attempt): Promise<SignedIn> => {
  const { settings, operations, tokens, clock, random } = deps
  const { attempts, sessions } = operations
  const seconds = await attempts.lockedFor(username, address)
  if (seconds > 0) throw new TooManyRequests(`Too many login attempts. Please wait ${seconds} seconds and try again.`, seconds)
  const found = databaseOf(username, settings.auth)
  if ('problem' in found) {
    await attempts.fail(username, address)
    throw new BadRequest(found.problem)
  }
  const sessionId = Buffer.from(random.bytes(32)).toString('base64url')
  const claims = { sessionId, username, database: found.database, password }
  if (!(await isAdmitted(deps, claims))) throw new Unauthorized(`Invalid credentials.${remaining(await attempts.fail(username, address))}`)
  await sessions.create(sessionId, username)
  await attempts.succeed(username)
  return { claims, token: await tokens.seal(claims, clock.now(), settings.auth.expirySeconds) }
}

export const login = (deps: LoginDeps, { username, ...rest }: Attempt): Promise<SignedIn> => {
  const name = username.trim()
  return deps.operations.attempts.inTurn(name, () => attempt(deps, name, { username: name, ...rest }))
}
