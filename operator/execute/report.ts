// Tells what came of a reconcile: a log line for each thing that changed, the status when it is another, an event when the summary is.
import { isDeepStrictEqual } from 'node:util'
import type { Condition } from '../crd/status.ts'
import type { Deps, Events, KubeObject, Resource } from '../deps.ts'
import type { Deed } from './execute.ts'

interface Status {
  readonly conditions?: readonly Condition[] | undefined
}

interface Reported<S> extends KubeObject {
  readonly status?: S
}

const summaryOf = (status: Status | undefined): Condition | undefined => status?.conditions?.find(({ type }) => type === 'Ready')

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 7386 removes what is null: fields that are no longer said must be named. */
const withRemovals = (before: object, next: object): object => {
  const [old, wanted] = [before as Readonly<Record<string, unknown>>, Object.entries(next) as readonly (readonly [string, unknown])[]]
  const gone = Object.keys(before).filter((key) => !(key in next))
  const kept = wanted.map(([key, value]) => [key, isRecord(value) && isRecord(old[key]) ? withRemovals(old[key], value) : value])
  return Object.fromEntries([...gone.map((key) => [key, null]), ...kept])
}

type News = Parameters<Events['publish']>[1]

const summaryNews = (statusBefore: Status, nextStatus: Status): News | undefined => {
  const [before, next] = [summaryOf(statusBefore), summaryOf(nextStatus)]
  if (!next || (before?.status === next.status && before.reason === next.reason)) return undefined
  return { type: next.status === 'True' ? 'Normal' : 'Warning', reason: next.reason, action: 'Reconcile', note: next.message }
}

/** `newsOf` says which change of the status is worth an event. */
export async function report<S extends Status>(
  deps: Deps,
  resource: Resource,
  object: Reported<S>,
  status: S,
  deeds: readonly Deed[],
  newsOf: (before: Partial<S>, next: S) => News | undefined = summaryNews,
): Promise<void> {
  const { namespace = '', name, uid = '' } = object.metadata
  for (const { change, what } of deeds) {
    deps.log.info({ kind: object.kind, namespace, name, change, what }, 'changed')
    if (change === 'Repaired')
      deps.events.publish(object, {
        type: 'Warning',
        reason: 'DriftRepaired',
        action: 'Apply',
        note: `${what} had been changed by somebody else and was put back.`,
      })
  }
  const before: Partial<S> = object.status ?? {}
  if (isDeepStrictEqual(before, JSON.parse(JSON.stringify(status)))) return
  await deps.kube.patchStatus({ resource, namespace, name }, uid, withRemovals(before, status))
  const news = newsOf(before, status)
  if (news) deps.events.publish(object, news)
}
