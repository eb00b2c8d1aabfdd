// A user's new password: the database checks the current one and keeps the new one, and every other session of the user ends.
import sql from 'sql-template-tag'
import type { Login } from '../db/databases.ts'
import { DatabaseError } from '../db/errors.ts'
import type { Deps } from '../deps.ts'
import { BadRequest, Conflict, Forbidden, TooManyRequests, Unavailable } from '../errors.ts'
import type { Visitor } from '../request.ts'
import { passwordProblem } from './password-rules.ts'
import type { Claims } from './tokens.ts'

type PasswordDeps = Pick<Deps, 'settings' | 'operations' | 'tokens' | 'databases' | 'clock' | 'random'>

export interface Wish {
  readonly current: string
  readonly wanted: string
  readonly address: string
}

/** The server's own rules find the password too weak. */
const notValid = 1819

const isAdmitted = async ({ databases }: PasswordDeps, login: Login): Promise<boolean> => {
  try {
    await databases.check(login)
    return true
  } catch (error) {
    if (error instanceof DatabaseError && error.fault === 'denied') return false
    throw error
  }
}

/** Counts like a login: whoever has found an open page must not guess the password on it. */
const demandCurrent = async (deps: PasswordDeps, login: Login, address: string): Promise<void> => {
  const { attempts } = deps.operations
  const id = Buffer.from(deps.random.bytes(16)).toString('base64url')
  const seconds = await attempts.begin(id, login.username, address)
  if (seconds > 0) throw new TooManyRequests(`Too many login attempts. Please wait ${seconds} seconds and try again.`, seconds)
  let admitted: boolean
  try {
    admitted = await isAdmitted(deps, login)
  } catch (error) {
    await attempts.withdraw(id)
    throw error
  }
  if (admitted) return attempts.succeed(id, login.username)
  const left = await attempts.fail(id, login.username)
  throw new Forbidden(`The current password is wrong.${left ? ` (${left} attempts remaining)` : ''}`)
}

/** By the one statement that needs no right and lets the server judge the text; the binary log gets its hash only. */
const set = async (deps: PasswordDeps, login: Login, wanted: string): Promise<void> => {
  try {
    await deps.databases.open(login).run(sql`SET PASSWORD = PASSWORD(${wanted})`)
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    if (error.errno === notValid)
      throw new BadRequest('The database server finds the new password too weak; choose a longer one with letters, digits and other signs.')
    // perhaps only the answer is lost
    if (error.fault !== 'unavailable' || !(await isAdmitted(deps, { ...login, password: wanted }))) throw error
  }
}

/** A new session in place of all that there are: their tokens hold the old password. */
const renewed = async (deps: PasswordDeps, login: Login): Promise<Claims> => {
  const { sessions } = deps.operations
  const claims = { ...login, sessionId: Buffer.from(deps.random.bytes(32)).toString('base64url') }
  try {
    // by the way it closes the connections that were opened with the old one
    if (!(await isAdmitted(deps, login))) throw new Conflict('The password was changed by somebody else at the same time; sign in with the one in force.')
    await sessions.create(claims.sessionId, claims.username)
    await sessions.endOthers(claims.username, claims.sessionId)
    return claims
  } catch (cause) {
    if (!(cause instanceof DatabaseError || cause instanceof Unavailable)) throw cause
    throw new Unavailable('Your password is changed, but your sessions could not be renewed; sign in with the new one in a moment.', { cause })
  }
}

/** The token of the session that goes on. */
export const changePassword = (deps: PasswordDeps, { username, database }: Visitor, { current, wanted, address }: Wish): Promise<string> => {
  const problem = passwordProblem({ username, current, wanted })
  if (problem) throw new BadRequest(problem)
  return deps.operations.attempts.inTurn(username, async () => {
    await demandCurrent(deps, { username, database, password: current }, address)
    await set(deps, { username, database, password: current }, wanted)
    const claims = await renewed(deps, { username, database, password: wanted })
    return deps.tokens.seal(claims, deps.clock.now(), deps.settings.auth.expirySeconds)
  })
}
