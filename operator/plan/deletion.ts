// The end of an instance. Kubernetes collects the children; what lies on somebody else's server is taken back by us, when it can be reached.

import { apiAccount, finalizer, migrateAccount } from '../names.ts'
import type { ObservedInstance } from '../observe/facts.ts'
import { kinds } from '../resources/kinds.ts'
import type { InstancePlan } from './instance.ts'
import { databaseLogin } from './login.ts'
import { dropAccount, dropDatabase, releaseOwnership } from './statements.ts'
import type { SqlChange, Step } from './steps.ts'

const setFinalizers = ({ instance: { metadata } }: ObservedInstance, finalizers: readonly string[]): Step => ({
  do: 'setFinalizers',
  ref: { resource: kinds.instance, namespace: metadata.namespace, name: metadata.name },
  resourceVersion: metadata.resourceVersion ?? '',
  finalizers,
})

/** Only an external server outlives its instance's objects, so only then there is something to wait for. */
export function wantedFinalizers(observed: ObservedInstance): readonly Step[] {
  const { metadata, spec } = observed.instance
  const present = metadata.finalizers ?? []
  const others = present.filter((name) => name !== finalizer)
  const wanted = spec.database.mode === 'External' ? [...others, finalizer] : others
  return wanted.length === present.length ? [] : [setFinalizers(observed, wanted)]
}

function farewell({ instance, database }: ObservedInstance): readonly SqlChange[] {
  if (instance.spec.database.mode !== 'External' || database.state !== 'available') return []
  if (database.owner?.uid !== instance.metadata.uid) return []
  const { operations } = instance.spec.database.names
  if (instance.spec.deletionPolicy === 'Retain') return [releaseOwnership(operations, instance.metadata.uid)]
  return [dropDatabase(operations), dropAccount(apiAccount(instance)), dropAccount(migrateAccount(instance))]
}

/** The finalizer never waits for a database that does not answer. */
export function planDeletion(observed: ObservedInstance): InstancePlan {
  const present = observed.instance.metadata.finalizers ?? []
  const changes = farewell(observed)
  const steps: Step[] = [
    ...(changes.length > 0 ? [{ do: 'sql' as const, login: databaseLogin(observed.instance), changes }] : []),
    ...(present.includes(finalizer)
      ? [
          setFinalizers(
            observed,
            present.filter((name) => name !== finalizer),
          ),
        ]
      : []),
  ]
  const database = { type: 'DatabaseAvailable', status: 'Unknown', reason: 'Deleting', message: 'The instance is being deleted.' } as const
  return { steps, problems: [], database, requeue: {} }
}
