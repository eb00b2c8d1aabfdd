// What a person must change before a user can be made: names, rights and passwords that are refused, each with its sentence.
import { type FiniaInstance, type FiniaUser, usernameOf } from '../crd/kinds.ts'
import type { ObservedUser, PasswordFacts, UserServer } from '../observe/user.ts'
import { systemDatabases } from './accounts.ts'
import { reaches } from './grants.ts'
import { escapedPattern, longestPattern } from './statements.ts'
import type { Problem } from './steps.ts'
import { isReservedName, userDatabase } from './user-names.ts'

const usernamePattern = /^[a-z0-9][a-z0-9_]{0,31}$/

const problem = (reason: string, message: string): Problem => ({ about: 'Ready', reason, message })
const anew = 'create the FiniaUser anew with another spec.username'

function nameProblems(instance: FiniaInstance, user: FiniaUser): readonly Problem[] {
  const name = usernameOf(user)
  const { usernamePrefix } = instance.spec.api.config
  const field = `${user.spec.username === undefined ? 'metadata.name' : 'spec.username'} is "${name}"`
  if (!usernamePattern.test(name)) {
    return [problem('InvalidUsername', `${field}: a user name has up to 32 lower-case letters, digits and "_", and begins with no "_"; ${anew}`)]
  }
  if (isReservedName(instance, name)) return [problem('ReservedUsername', `${field}, which is reserved for the database server and the operator: ${anew}`)]
  if (!name.startsWith(usernamePrefix) || name === usernamePrefix) {
    return [problem('UsernamePrefixMissing', `${field}, but user names of FiniaInstance "${instance.metadata.name}" are "${usernamePrefix}" and more: ${anew}`)]
  }
  return databaseNameProblems(instance, user, field)
}

function databaseNameProblems(instance: FiniaInstance, user: FiniaUser, field: string): readonly Problem[] {
  const database = userDatabase(instance, user)
  const taken = [...systemDatabases, instance.spec.database.names.operations]
  if (taken.some((name) => name.toLowerCase() === database.toLowerCase())) {
    return [problem('ReservedDatabase', `${field}, whose database would be "${database}", which is not a user's: ${anew}`)]
  }
  if (escapedPattern(database).length <= longestPattern) return []
  const limit = `at most ${longestPattern} characters, each "_" counted twice`
  return [problem('DatabaseNameTooLong', `${field}, whose database would be "${database}": its name may have ${limit}; ${anew}`)]
}

const isOlder = (left: FiniaUser, right: FiniaUser): boolean => {
  const [a, b] = [left.metadata.creationTimestamp ?? '', right.metadata.creationTimestamp ?? '']
  return a === b ? left.metadata.uid < right.metadata.uid : a < b
}

function rivalProblems({ user, rivals }: ObservedUser): readonly Problem[] {
  const winner = rivals.find((rival) => isOlder(rival, user))
  if (!winner) return []
  const message = `The user name "${usernameOf(user)}" belongs to the older FiniaUser "${winner.metadata.name}": delete one of the two, or ${anew}`
  return [problem('UsernameTaken', message)]
}

/** An account with rights, and none on the database that would be its own, is another application's: it keeps its password. */
function foreignAccountProblems({ account }: UserServer, database: string): readonly Problem[] {
  const patterns = account.grants.databases.filter(({ some }) => some).map(({ pattern }) => pattern)
  if (patterns.length === 0 || patterns.some((pattern) => reaches(pattern, database))) return []
  const message = `The account "${account.name}" has rights on ${patterns.join(', ')} and none on "${database}", so it is not adopted: grant it rights on "${database}" when it is this person's, or ${anew}`
  return [problem('AccountInUse', message)]
}

function accountProblems(server: UserServer, database: string): readonly Problem[] {
  const { account } = server
  if (account.hosts.includes('')) return [problem('AccountIsRole', `The database server has a role named "${account.name}": drop the role, or ${anew}`)]
  if (account.grants.global.length === 0) return foreignAccountProblems(server, database)
  const rights = account.grants.global.join(', ')
  return [
    problem(
      'AccountHasGlobalRights',
      `The account "${account.name}" has more than rights on databases (${rights}), so it is not adopted: revoke them, or ${anew}`,
    ),
  ]
}

/** Whose account this would be; as long as there is one of these, neither account nor database is touched, not even to drop them. */
export function identityProblems(observed: ObservedUser): readonly Problem[] {
  const { instance, user, database } = observed
  if (!instance) return []
  return [
    ...nameProblems(instance, user),
    ...rivalProblems(observed),
    ...(database?.state === 'available' ? accountProblems(database, userDatabase(instance, user)) : []),
  ]
}

/** A Secret that a person named must be there; one that is generated must not have been spoilt. */
export function passwordProblems({ ref, named, secret, flaw }: PasswordFacts): readonly Problem[] {
  const what = named ? `The Secret "${ref.name}" named by spec.passwordSecret` : `The generated Secret "${ref.name}"`
  if (secret === 'Unusable')
    return [problem('PasswordUnusable', `${what} holds under "${ref.key}" a password that ${flaw ?? 'cannot be used'}: write another one`)]
  if (!named || secret === 'Usable') return []
  if (secret === 'Missing')
    return [problem('PasswordSecretMissing', `${what} does not exist: create it with the key "${ref.key}", or leave spec.passwordSecret out`)]
  return [problem('PasswordKeyMissing', `${what} has no key "${ref.key}": add it, or name the right one in spec.passwordSecret.key`)]
}
