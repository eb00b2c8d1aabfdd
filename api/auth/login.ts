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

export type LoginDeps = Pick<Deps, 'settings' | 'operations' | 'tokens' | 'databases' | 'clock' | 'random'>

/** The database does not let the user in. */
export class WrongCredentials extends Unauthorized {
  /** Undefined where attempts are not limited. */
  readonly attemptsLeft: number | undefined
  constructor(attemptsLeft: number | undefined) {
    super(`Invalid credentials.${remaining(attemptsLeft)}`)
    this.attemptsLeft = attemptsLeft
  }
}

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

/** Whether the database lets the user in, who then has a session and no failures. What keeps us from knowing takes the attempt back. */
const opened = async (deps: LoginDeps, id: string, claims: Claims): Promise<boolean> => {
  const { attempts, sessions } = deps.operations
  try {
    const admitted = await isAdmitted(deps, claims)
    if (admitted) await Promise.all([sessions.create(claims.sessionId, claims.username), attempts.succeed(id, claims.username)])
    return admitted
  } catch (error) {
    await attempts.withdraw(id)
    throw error
  }
}

const attempt = async (deps: LoginDeps, username: string, { password, address }: Attempt): Promise<SignedIn> => {
  const { settings, operations, tokens, clock, random } = deps
  const { attempts } = operations
  const id = Buffer.from(random.bytes(16)).toString('base64url')
  const seconds = await attempts.begin(id, username, address)
  if (seconds > 0) throw new TooManyRequests(`Too many login attempts. Please wait ${seconds} seconds and try again.`, seconds)
  const found = databaseOf(username, settings.auth)
  if ('problem' in found) {
    await attempts.fail(id, username)
    throw new BadRequest(found.problem)
  }
  const claims = { sessionId: Buffer.from(random.bytes(32)).toString('base64url'), username, database: found.database, password }
  if (!(await opened(deps, id, claims))) throw new WrongCredentials(await attempts.fail(id, username))
  return { claims, token: await tokens.seal(claims, clock.now(), settings.auth.expirySeconds) }
}

export const login = (deps: LoginDeps, { username, ...rest }: Attempt): Promise<SignedIn> => {
  const name = username.trim()
  return deps.operations.attempts.inTurn(name, () => attempt(deps, name, { username: name, ...rest }))
}
