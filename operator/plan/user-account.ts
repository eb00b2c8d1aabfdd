// Account, database and password of a user: what is missing on the server, and where the password comes from.
import { type FiniaInstance, usernameOf } from '../crd/kinds.ts'
import type { ObservedUser, UserServer } from '../observe/user.ts'
import { userPasswordSecret } from '../resources/secrets.ts'
import { hasAll } from './accounts.ts'
import { databaseLogin } from './login.ts'
import { changePassword, createAccount, createDatabase, escapedPattern, grantAll, revokeAll } from './statements.ts'
import type { SqlChange, Step } from './steps.ts'
import { userDatabase } from './user-names.ts'

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

function accountChanges({ user, password }: ObservedUser, server: UserServer): readonly SqlChange[] {
  if (!isThere(server)) return [createAccount(usernameOf(user), password.ref)]
  return server.account.passwordWorks === false ? [changePassword(usernameOf(user), password.ref)] : []
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
  const changes = [
    ...(server.databaseExists ? [] : [createDatabase(database)]),
    ...accountChanges(observed, server),
    ...grantChanges(usernameOf(observed.user), database, server),
  ]
  return [...passwordSteps(observed, server), ...(changes.length > 0 ? [{ do: 'sql' as const, login: databaseLogin(instance), changes }] : [])]
}

/** The Secret whose password is in force once the steps are done; undefined for an adopted account whose password nobody told us. */
export const passwordSecretOf = ({ password }: ObservedUser, server: UserServer): string | undefined =>
  password.secret === 'Usable' || (!password.named && !isThere(server)) ? password.ref.name : undefined
