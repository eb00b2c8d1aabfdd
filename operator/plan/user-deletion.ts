// The end of a user: what is dropped with it, and when there is nothing of ours to drop.
import { type FiniaInstance, usernameOf } from '../crd/kinds.ts'
import { finalizer } from '../names.ts'
import type { ObservedUser, UserServer } from '../observe/user.ts'
import { kinds } from '../resources/kinds.ts'
import { databaseLogin } from './login.ts'
import { dropAccount, dropDatabase } from './statements.ts'
import type { SqlChange, Step } from './steps.ts'
import { userDatabase } from './user-names.ts'
import { setFinalizers, type UserPlan, waiting } from './user-plan.ts'
import { identityProblems } from './user-refusals.ts'

const settled = (steps: readonly Step[]): UserPlan => ({ steps, problems: [], findings: [], facts: {}, requeue: {} })

/** The Jobs go first, so that none of them writes into a database that is being dropped. */
const jobDeletions = ({ user, migrations }: ObservedUser): readonly Step[] =>
  migrations
    .filter((job) => !job.isBeingDeleted)
    .map(({ name, uid }) => ({ do: 'delete', ref: { resource: kinds.job, namespace: user.metadata.namespace, name }, uid }))

function drops({ user }: ObservedUser, instance: FiniaInstance, server: UserServer): readonly Step[] {
  const changes: readonly SqlChange[] = [
    ...(server.account.hosts.includes('%') ? [dropAccount(usernameOf(user))] : []),
    ...(server.databaseExists ? [dropDatabase(userDatabase(instance, user))] : []),
  ]
  return changes.length > 0 ? [{ do: 'sql', login: databaseLogin(instance), changes }] : []
}

export function planUserDeletion(observed: ObservedUser): UserPlan {
  const { user, instance, database } = observed
  const present = user.metadata.finalizers ?? []
  if (!present.includes(finalizer)) return settled([])
  const done = setFinalizers(
    user,
    present.filter((name) => name !== finalizer),
  )
  // Refused names and somebody else's accounts were never ours: nothing of them is dropped.
  if (user.spec.deletionPolicy !== 'Delete' || !instance || !database || identityProblems(observed).length > 0) return settled([done])
  if (database.state !== 'available') {
    const advice = 'it is tried again; delete the FiniaInstance, or set spec.deletionPolicy to Retain, to let go of them'
    return waiting('DatabaseUnavailable', `Account and database cannot be dropped: ${database.sentence}; ${advice}`)
  }
  if (database.owner?.uid !== instance.metadata.uid) return settled([done])
  return settled([...jobDeletions(observed), ...drops(observed, instance, database), done])
}
