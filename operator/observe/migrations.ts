// The migrate Jobs of a user, and what their pods said when they ended.
import type { FiniaUser } from '../crd/kinds.ts'
import type { Deps, KubeObject } from '../deps.ts'
import { labels, selectorLabels } from '../names.ts'
import { kinds } from '../resources/kinds.ts'

export interface MigrationJob {
  readonly name: string
  readonly uid: string
  readonly state: 'Running' | 'Complete' | 'Failed'
  readonly isBeingDeleted: boolean
  /** With `Failed`. */
  readonly failedAt?: string
  /** Why Kubernetes gave the Job up. */
  readonly reason?: string
  /** Termination message of the pod that ended last. */
  readonly said?: string
}

interface Job extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string; readonly lastTransitionTime?: string }[]
  }
}

interface Ended {
  readonly finishedAt?: string
  readonly message?: string
}

interface Pod extends KubeObject {
  readonly status?: {
    readonly containerStatuses?: readonly { readonly state?: { readonly terminated?: Ended }; readonly lastState?: { readonly terminated?: Ended } }[]
  }
}

const endings = (pod: Pod): readonly Ended[] =>
  (pod.status?.containerStatuses ?? []).flatMap(({ state, lastState }) => [state?.terminated, lastState?.terminated]).filter((ended) => ended !== undefined)

function lastWord(pods: readonly Pod[]): string | undefined {
  const ended = pods.flatMap(endings).filter(({ message }) => message)
  return ended.sort((left, right) => (left.finishedAt ?? '').localeCompare(right.finishedAt ?? '')).at(-1)?.message
}

function migrationJob(deps: Deps, job: Job): MigrationJob {
  const pods = deps.cache.list<Pod>(kinds.pod, job.metadata.namespace ?? '', { 'batch.kubernetes.io/job-name': job.metadata.name })
  const is = (type: string) => job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True')
  const failed = is('Failed')
  const said = lastWord(pods)
  return {
    name: job.metadata.name,
    uid: job.metadata.uid ?? '',
    state: failed ? 'Failed' : is('Complete') ? 'Complete' : 'Running',
    isBeingDeleted: job.metadata.deletionTimestamp !== undefined,
    ...(failed?.lastTransitionTime && { failedAt: failed.lastTransitionTime }),
    ...(failed?.message && { reason: failed.message }),
    ...(said && { said }),
  }
}

/** Found by the owner, not by the name, so that those of an earlier image are found as well. */
export const observeMigrations = (deps: Deps, { metadata, spec }: FiniaUser): readonly MigrationJob[] =>
  deps.cache
    .list<Job>(kinds.job, metadata.namespace, { [labels.component]: selectorLabels(spec.instance, 'migrate')[labels.component] })
    .filter((job) => job.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
    .map((job) => migrationJob(deps, job))
