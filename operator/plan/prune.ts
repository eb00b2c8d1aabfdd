// Children that nobody wants any more.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Owned } from '../observe/facts.ts'
import type { Child } from '../resources/index.ts'
import { kinds } from '../resources/kinds.ts'
import type { Step } from './steps.ts'

const isOwnedBy = (instance: FiniaInstance, { object }: Owned): boolean =>
  object.metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === instance.metadata.uid) === true

const isWanted = ({ resource, object }: Owned, wanted: readonly Child[]): boolean =>
  wanted.some((child) => child.resource === resource && child.manifest.metadata.name === object.metadata.name)

/** Deletes what the instance owns and `wanted` does not name. Volumes are never pruned. */
export const prune = (instance: FiniaInstance, children: readonly Owned[], wanted: readonly Child[]): readonly Step[] =>
  children
    .filter(
      (owned) => owned.resource !== kinds.volumeClaim && isOwnedBy(instance, owned) && !isWanted(owned, wanted) && !owned.object.metadata.deletionTimestamp,
    )
    .map(({ resource, object }) => ({
      do: 'delete',
      ref: { resource, namespace: instance.metadata.namespace, name: object.metadata.name },
      uid: object.metadata.uid ?? '',
    }))
