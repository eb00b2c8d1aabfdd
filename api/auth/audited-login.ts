// A login that is counted and told to the audit, however it ends.
import type { Deps } from '../deps.ts'
import { BadRequest, TooManyRequests, Unavailable } from '../errors.ts'
import type { LoginResult } from '../metrics/metrics.ts'
import { type Attempt, type LoginDeps, login, type SignedIn, WrongCredentials } from './login.ts'

const resultOf = (error: unknown): Exclude<LoginResult, 'success'> => {
  if (error instanceof WrongCredentials) return 'wrong'
  if (error instanceof TooManyRequests) return 'locked'
  if (error instanceof BadRequest) return 'invalid'
  return error instanceof Unavailable ? 'unavailable' : 'failed'
}

interface Asked {
  readonly requestId: string
  /** The client's own address, where `attempt.address` may be that of its network. */
  readonly address: string
}

export const auditedLogin = async (deps: LoginDeps & Pick<Deps, 'audit' | 'metrics'>, attempt: Attempt, asked: Asked): Promise<SignedIn> => {
  const { audit, metrics } = deps
  try {
    const signedIn = await login(deps, attempt)
    audit.loginSucceeded({ ...asked, username: signedIn.claims.username, sessionId: signedIn.claims.sessionId })
    metrics.loginFinished('success')
    return signedIn
  } catch (error) {
    const left = error instanceof WrongCredentials ? error.attemptsLeft : undefined
    const result = resultOf(error)
    audit.loginFailed({ ...asked, typed: attempt.username.trim(), result, ...(left !== undefined && { attemptsLeft: left }) })
    metrics.loginFinished(result)
    throw error
  }
}
