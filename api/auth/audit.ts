// What an audit needs to know about accounts, as log lines with `audit: true`. docs/security.md says why they hold what they hold.
import type { Log } from '../deps.ts'
import type { LoginResult } from '../metrics/metrics.ts'
import type { Pseudonyms } from './pseudonyms.ts'

export interface Origin {
  readonly requestId: string
  /** The client's, as far as it is known. */
  readonly address: string
}

export interface Attempted extends Origin {
  /** As it was typed: nobody has proven it, and it can be a password in the wrong field. */
  readonly typed: string
  readonly result: Exclude<LoginResult, 'success'>
  /** Absent where attempts are not limited, or nobody knows. */
  readonly attemptsLeft?: number
}

export interface Proven extends Origin {
  readonly username: string
  readonly sessionId: string
}

export interface Audit {
  loginSucceeded(who: Proven): void
  loginFailed(who: Attempted): void
  loggedOut(who: Proven): void
  passwordChanged(who: Proven): void
  /** The current password was wrong, or could not be checked. */
  passwordKept(who: Proven & { readonly status: number }): void
}

export const auditOn = (log: Log, pseudonym: Pseudonyms): Audit => {
  const attempted = ({ typed, ...facts }: Attempted) => ({ audit: true, account: pseudonym(typed), ...facts })
  // field by field: whoever hands in a visitor hands in more than belongs here
  const proven = ({ username, sessionId, requestId, address }: Proven) => ({
    audit: true,
    account: pseudonym(username),
    username,
    session: pseudonym(sessionId),
    requestId,
    address,
  })
  return {
    loginSucceeded: (who) => log.info(proven(who), 'login succeeded'),
    loginFailed: (who) => {
      log.warn(attempted(who), who.result === 'locked' ? 'login refused after too many failures' : 'login failed')
      if (who.result !== 'locked' && who.attemptsLeft === 0) log.warn(attempted(who), 'account locked')
    },
    loggedOut: (who) => log.info(proven(who), 'logged out'),
    passwordChanged: (who) => log.info(proven(who), 'password changed'),
    passwordKept: (who) => log.warn({ ...proven(who), status: who.status }, 'change of password refused'),
  }
}
