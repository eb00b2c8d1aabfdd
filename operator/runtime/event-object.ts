// An event as Kubernetes keeps it (events.k8s.io/v1). Pure.
import type { Events, KubeObject } from '../deps.ts'
import { microTime } from './lease.ts'

export type Announcement = Parameters<Events['publish']>[1]

/** Who reports: a name for the kind of controller and one for this process. */
export interface Reporter {
  readonly controller: string
  readonly instance: string
}

const longestNote = 1024
const longestWord = 128
const longestName = 253

/** What makes two events the same, so that the second one only counts. */
export const eventKey = ({ metadata }: KubeObject, { type, reason, action, note }: Announcement): string =>
  JSON.stringify([metadata.uid ?? '', metadata.namespace ?? '', metadata.name, type, reason, action, note])

/** The object of a first event. `suffix` makes its name unique. */
export const eventObject = (regarding: KubeObject, { type, reason, action, note }: Announcement, reporter: Reporter, now: Date, suffix: string) => {
  const { name, namespace, uid, resourceVersion } = regarding.metadata
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    // Events of what has no namespace are kept in default.
    metadata: { name: `${name.slice(0, longestName - 1 - suffix.length)}.${suffix}`, namespace: namespace ?? 'default' },
    type,
    reason: reason.slice(0, longestWord),
    action: action.slice(0, longestWord),
    note: note.length > longestNote ? `${note.slice(0, longestNote - 1)}…` : note,
    eventTime: microTime(now),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, longestWord),
    regarding: {
      apiVersion: regarding.apiVersion,
      kind: regarding.kind,
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
  }
}

/** The patch that says how often it has happened. */
export const seriesPatch = (count: number, last: Date) => ({ series: { count, lastObservedTime: microTime(last) } })
