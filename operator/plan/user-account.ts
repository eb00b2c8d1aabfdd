// Account, database and password of a user: what is missing on the server, and where the password comes from.
import { type FiniaInstance, type FiniaUser, usernameOf } from '../crd/kinds.ts'
import { annotations } from '../names.ts'
import type { ObservedUser, UserServer } from '../observe/user.ts'
import { kinds } from '../resources/kinds.ts'
import { userPasswordSecret } from '../resources/secrets.ts'
import { hasAll } from './accounts.ts'
import { databaseLogin } from './login.ts'
import { changePassword, createAccount, createDatabase, escapedPattern, grantAll, revokeAll } from './statements.ts'
import type { SqlChange, Step } from './steps.ts'
import { userDatabase } from './user-names.ts'
import { decidePassword, type PasswordDecision } from './user-password.ts'

const isThere = ({ account }: UserServer): boolean => account.hosts.includes('%')

/** A password is made only for an account that is to be made: one that exists keeps the password it has. */
function passwordSteps({ user, password }: ObservedUser, server: UserServer): readonly Step[] {
  if (password.named) return []
  const isMissing = !isThere(server) && password.secret !== 'Usable'
  // Owned by the user it goes with it, which is right only as long as the account does so, too.
  const isOwnedWrongly = password.isOwned !== undefined && password.isOwned !== (user.spec.deletionPolicy === 'Delete')
  if (!isMissing && !isOwnedWrongly) return []
  return [{ do: 'ensureSecret', manifest: userPasswordSecret(user), keys: { username: { text: usernameOf(user) }, password: 'password' } }]
}

function accountChanges({ user, password }: ObservedUser, decision: PasswordDecision): readonly SqlChange[] {
  if (decision.do === 'create') return [createAccount(usernameOf(user), password.ref)]
  return decision.do === 'set' ? [changePassword(usernameOf(user), password.ref)] : []
}

/** Only once the password was seen to be in force: noted too early, one that was not set would never be. */
function notes({ metadata }: FiniaUser, decision: PasswordDecision): readonly Step[] {
  if (decision.do !== 'note') return []
  const ref = { resource: kinds.user, namespace: metadata.namespace, name: metadata.name }
  return [{ do: 'annotate', ref, annotations: { [annotations.password]: decision.annotation } }]
}

function grantChanges(name: string, database: string, { account }: UserServer): readonly SqlChange[] {
  const pattern = escapedPattern(database)
  // Granted by hand, `_` is a wildcard and opens other users' databases: taken back once the exact grant is there.
  const isLoose = pattern !== database && account.grants.databases.some((grant) => grant.pattern === database && grant.some)
  return [...(hasAll(account, pattern) ? [] : [grantAll(pattern, name)]), ...(isLoose ? [revokeAll(database, name)] : [])]
}

/** Empty when the account opens its database with the password of its Secret. */
export function accountSteps(observed: ObservedUser, instance: FiniaInstance, server: UserServer): readonly Step[] {
  const database = userDatabase(instance, observed.user)
  const decision = decidePassword(observed, server)
  const changes = [
    ...(server.databaseExists ? [] : [createDatabase(database)]),
    ...accountChanges(observed, decision),
    ...grantChanges(usernameOf(observed.user), database, server),
  ]
  return [
    ...passwordSteps(observed, server),
    ...(changes.length > 0 ? [{ do: 'sql' as const, login: databaseLogin(instance), changes }] : []),
    ...notes(observed.user, decision),
  ]
}

export type PasswordInForce =
  | { readonly of: 'Secret'; readonly name: string; readonly isSettled: boolean }
  /** The person has chosen another one than the Secret's. */
  | { readonly of: 'Person'; readonly secret: string }
  /** An adopted account whose password nobody told us. */
  | { readonly of: 'Nobody' }

/** Whose password is in force once the steps are done. */
export const passwordInForce = (observed: ObservedUser, server: UserServer): PasswordInForce => {
  const { password } = observed
  const { name } = password.ref
  const decision = decidePassword(observed, server)
  if (decision.do === 'create') return { of: 'Secret', name, isSettled: false }
  if (password.secret !== 'Usable') return { of: 'Nobody' }
  if ((decision.do === 'note' || decision.do === 'keep') && decision.isOwn) return { of: 'Person', secret: name }
  return { of: 'Secret', name, isSettled: decision.do !== 'set' }
}
