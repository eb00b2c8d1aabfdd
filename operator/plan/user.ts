// What should happen for a user, and what is to be said about it.
import { type FiniaInstance, type FiniaUser, usernameOf } from '../crd/kinds.ts'
import { finalizer } from '../names.ts'
import type { ObservedUser, UserServer } from '../observe/user.ts'
import { migrateJob } from '../resources/migrate-job.ts'
import type { Finding } from '../status/conditions.ts'
import { hasAll, planAccounts } from './accounts.ts'
import type { Context } from './context.ts'
import { prefixPattern } from './statements.ts'
import type { Problem, Requeue, Step } from './steps.ts'
import { accountSteps, type PasswordInForce, passwordInForce } from './user-account.ts'
import { planUserDeletion } from './user-deletion.ts'
import { type Migration, planMigration } from './user-migration.ts'
import { userDatabase } from './user-names.ts'
import { notReady, setFinalizers, soon, type UserPlan, waiting } from './user-plan.ts'
import { identityProblems, passwordProblems } from './user-refusals.ts'

/** Only what is to be dropped at the end needs us then. */
function finalizerSteps(user: FiniaUser): readonly Step[] {
  const present = user.metadata.finalizers ?? []
  const others = present.filter((name) => name !== finalizer)
  const wanted = user.spec.deletionPolicy === 'Delete' ? [...others, finalizer] : others
  return wanted.length === present.length ? [] : [setFinalizers(user, wanted)]
}

function stalled(problems: readonly Problem[], first: Problem): UserPlan {
  const message = problems.map((problem) => problem.message).join('. ')
  return { steps: [], problems, findings: notReady('Stalled', first.reason, message), facts: {}, requeue: soon }
}

/** A user is made when its instance owns the server and has made the account that migrates. */
function instanceIsUnready(instance: FiniaInstance, server: UserServer): string | undefined {
  const [problem] = planAccounts(instance, server).problems
  if (problem) return problem.message
  const isOwned = server.owner?.uid === instance.metadata.uid
  const canMigrate = hasAll(server.migrate, prefixPattern(instance.spec.api.config.databasePrefix))
  return isOwned && canMigrate ? undefined : 'its accounts on the database server are still being made'
}

const ofPassword = (password: PasswordInForce): string => {
  if (password.of === 'Secret') return ''
  if (password.of === 'Nobody') return '. The account was there before and keeps its password; name a Secret in spec.passwordSecret to set another'
  return `. The password in force is not that of the Secret "${password.secret}": it was changed since and stays; a new one in the Secret would take its place`
}

function findingsOf(user: FiniaUser, database: string, migration: Migration, password: PasswordInForce): readonly Finding[] {
  if (migration.state === 'Failed') return notReady('Reconciling', 'MigrationFailed', migration.sentence)
  if (migration.state === 'Running') return notReady('Reconciling', 'Migrating', migration.sentence)
  const schema = migration.schemaVersion === undefined ? '' : ` with schema ${migration.schemaVersion}`
  const message = `"${usernameOf(user)}" can log in to the database "${database}"${schema}${ofPassword(password)}`
  return [{ type: 'Ready', status: 'True', reason: 'Migrated', message }]
}

function requeueOf(migration: Migration, password: PasswordInForce, now: Date): Requeue {
  // What was just set is noted at the next look, before the person can change it.
  if (password.of === 'Secret' && !password.isSettled) return { afterSeconds: 1 }
  if (migration.state === 'Running') return soon
  return migration.state === 'Failed' ? { afterSeconds: Math.max(1, Math.ceil((migration.retryAt.getTime() - now.getTime()) / 1000)) } : {}
}

function planLife(observed: ObservedUser, instance: FiniaInstance, server: UserServer, { now, settings, digest }: Context): UserPlan {
  const { user } = observed
  const database = userDatabase(instance, user)
  const wanted = migrateJob(instance, user, { apiImage: instance.spec.api.image ?? settings.apiImage, digest })
  const { steps, migration } = planMigration(wanted, observed.migrations, database, server.databaseExists, now)
  const password = passwordInForce(observed, server)
  const schemaVersion = migration.state === 'Complete' ? (migration.schemaVersion ?? user.status?.schemaVersion) : user.status?.schemaVersion
  return {
    steps: [...finalizerSteps(user), ...accountSteps(observed, instance, server), ...steps],
    problems: [],
    findings: findingsOf(user, database, migration, password),
    facts: { database, ...(schemaVersion !== undefined && { schemaVersion }), ...(password.of === 'Secret' && { passwordSecret: password.name }) },
    requeue: requeueOf(migration, password, now),
  }
}

export function planUser(observed: ObservedUser, context: Context): UserPlan {
  const { user, instance, database } = observed
  if (user.metadata.deletionTimestamp) return planUserDeletion(observed)
  const called = `FiniaInstance "${user.spec.instance}"`
  if (!instance || !database)
    return waiting('InstanceMissing', `${called} does not exist in this namespace: create it, or create the FiniaUser anew with the right spec.instance`)
  if (instance.metadata.deletionTimestamp)
    return waiting('InstanceDeleting', `${called} is being deleted: delete this FiniaUser as well, or create the instance anew`)
  const problems = [...identityProblems(observed), ...passwordProblems(observed.password)]
  const [first] = problems
  if (first) return stalled(problems, first)
  if (database.state !== 'available') return waiting('DatabaseUnavailable', `The database of ${called} cannot be used: ${database.sentence}`)
  const unready = instanceIsUnready(instance, database)
  if (unready) return waiting('InstanceNotReady', `${called} takes no users yet: ${unready}`)
  return planLife(observed, instance, database, context)
}
