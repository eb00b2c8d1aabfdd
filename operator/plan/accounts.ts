// The operator's part of a database server: whose operations database it is, and the accounts of the API and of migrations.
import type { FiniaInstance } from '../crd/kinds.ts'
import { annotations, databaseKeys, databaseName } from '../names.ts'
import type { InstanceServer } from '../observe/database.ts'
import type { AccountFacts } from '../observe/server.ts'
import { reaches } from './grants.ts'
import {
  changePassword,
  claimOwnership,
  createAccount,
  createDatabase,
  createOwnerTable,
  escapedPattern,
  grantAll,
  longestPattern,
  prefixPattern,
  takeOverOwnership,
} from './statements.ts'
import type { Problem, SqlChange } from './steps.ts'

export { databaseLogin } from './login.ts'

export interface AccountsPlan {
  /** Empty when nothing is missing, or when a person must act first. */
  readonly changes: readonly SqlChange[]
  readonly problems: readonly Problem[]
}

/** Databases of the server itself. */
export const systemDatabases = ['mysql', 'information_schema', 'performance_schema', 'sys'] as const

const about = 'DatabaseAvailable'

const problem = (reason: string, message: string): Problem => ({ about, reason, message })

/** Whether an account has everything on a pattern. */
export const hasAll = ({ grants }: AccountFacts, pattern: string): boolean => grants.databases.some((grant) => grant.pattern === pattern && grant.all)

interface Wanted {
  readonly facts: AccountFacts
  readonly pattern: string
  readonly key: string
}

const wantedAccounts = (instance: FiniaInstance, server: InstanceServer): readonly Wanted[] => [
  { facts: server.api, pattern: escapedPattern(instance.spec.database.names.operations), key: databaseKeys.api },
  { facts: server.migrate, pattern: prefixPattern(instance.spec.api.config.databasePrefix), key: databaseKeys.migrate },
]

function prefixProblems(instance: FiniaInstance): readonly Problem[] {
  const { databasePrefix } = instance.spec.api.config
  const pattern = prefixPattern(databasePrefix)
  const covered = [...systemDatabases, instance.spec.database.names.operations].find((name) => reaches(pattern, name))
  const field = `spec.api.config.databasePrefix is "${databasePrefix}"`
  if (covered)
    return [problem('DatabasePrefixReserved', `${field}, which the database "${covered}" begins with as well: create the instance anew with another prefix`)]
  if (pattern.length <= longestPattern) return []
  return [
    problem('DatabasePrefixTooLong', `${field}: with a backslash before each "_" it is too long to grant on: create the instance anew with a shorter one`),
  ]
}

function ownerProblems(instance: FiniaInstance, { owner }: InstanceServer): readonly Problem[] {
  if (!owner || isOurs(instance, owner)) return []
  const { operations } = instance.spec.database.names
  const message =
    `The operations database "${operations}" belongs to FiniaInstance ${owner.namespace}/${owner.name} (UID ${owner.uid}): create this instance anew with other spec.database.names ` +
    `and another spec.api.config.databasePrefix, or, when that one is gone for good, set the annotation ${annotations.adoptDatabase}=${owner.uid} on this one`
  return [problem('OperationsDatabaseOwned', message)]
}

type Owner = NonNullable<InstanceServer['owner']>

/** Ours, or ours to take over: the instance of the same name that was here before, or the one that a person named. */
const isOurs = ({ metadata }: FiniaInstance, owner: Owner): boolean =>
  owner.uid === metadata.uid ||
  (owner.namespace === metadata.namespace && owner.name === metadata.name) ||
  metadata.annotations?.[annotations.adoptDatabase] === owner.uid

function accountProblems({ facts, pattern }: Wanted): readonly Problem[] {
  const { name, hosts, grants } = facts
  const other = 'create the instance anew with another spec.database.names.account'
  if (hosts.includes('')) return [problem('AccountIsRole', `The database server has a role named "${name}": drop the role, or ${other}`)]
  if (grants.global.length > 0) {
    return [
      problem('AccountHasGlobalRights', `The account "${name}" has more than rights on databases (${grants.global.join(', ')}): revoke them, or ${other}`),
    ]
  }
  const elsewhere = grants.databases.filter((grant) => grant.some).map((grant) => grant.pattern)
  if (elsewhere.length === 0 || elsewhere.includes(pattern)) return []
  return [
    problem('AccountInUse', `The account "${name}" is somebody else's: it has rights on ${elsewhere.join(', ')} and none on ${pattern}: drop it, or ${other}`),
  ]
}

function serverProblems({ triggersAllowed }: InstanceServer): readonly Problem[] {
  if (triggersAllowed) return []
  const message =
    'The database server writes a binary log and has log_bin_trust_function_creators off, so no trigger of the schema can be made: run SET GLOBAL log_bin_trust_function_creators = ON and set it in the configuration of the server'
  return [problem('FunctionCreatorsNotTrusted', message)]
}

function ownershipChanges({ metadata, spec }: FiniaInstance, { owner, operationsExists }: InstanceServer): readonly SqlChange[] {
  const { operations } = spec.database.names
  if (owner) return owner.uid === metadata.uid ? [] : [takeOverOwnership(operations, owner.uid, metadata)]
  return [...(operationsExists ? [] : [createDatabase(operations)]), createOwnerTable(operations), claimOwnership(operations, metadata)]
}

function accountChanges({ metadata }: FiniaInstance, { facts, pattern, key }: Wanted): readonly SqlChange[] {
  const password = { namespace: metadata.namespace, name: databaseName({ metadata }), key }
  const account = (): readonly SqlChange[] => {
    if (!facts.hosts.includes('%')) return [createAccount(facts.name, password)]
    return facts.passwordWorks === false ? [changePassword(facts.name, password)] : []
  }
  return [...account(), ...(hasAll(facts, pattern) ? [] : [grantAll(pattern, facts.name)])]
}

export function planAccounts(instance: FiniaInstance, server: InstanceServer): AccountsPlan {
  const wanted = wantedAccounts(instance, server)
  const problems = [...prefixProblems(instance), ...serverProblems(server), ...ownerProblems(instance, server), ...wanted.flatMap(accountProblems)]
  if (problems.length > 0) return { changes: [], problems }
  return { changes: [...ownershipChanges(instance, server), ...wanted.flatMap((account) => accountChanges(instance, account))], problems: [] }
}
