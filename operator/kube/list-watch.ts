// Lists and watches, line by line.
import type { KubeObject, ListWatch, Page, Resource, Scope, WatchEvent } from '../deps.ts'
import { KubeError, type Status, statusError } from './errors.ts'
import { CutLine, lines } from './lines.ts'
import { collectionPath, describeScope, labelSelector, withQuery } from './paths.ts'
import type { Transport } from './transport.ts'

const listDeadlineMilliseconds = 60_000
const openDeadlineMilliseconds = 30_000

interface ListBody {
  readonly items?: readonly KubeObject[] | null
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
}

interface Line {
  readonly type?: string
  readonly object?: KubeObject & Status
}

const common = { idempotent: true, secret: false, method: 'GET' } as const

const list = async (transport: Transport, resource: Resource, scope: Scope, page: Parameters<ListWatch['list']>[2], signal: AbortSignal): Promise<Page> => {
  const attempted = describeScope('list', resource, scope)
  const path = withQuery(collectionPath(resource, scope.namespace ?? ''), {
    labelSelector: scope.labels && labelSelector(scope.labels),
    limit: page.limit?.toString(),
    continue: page.next,
    resourceVersion: page.next === undefined ? page.resourceVersion : undefined,
    resourceVersionMatch: page.next === undefined && page.resourceVersion !== undefined ? 'NotOlderThan' : undefined,
  })
  // One attempt: the reflector decides what follows a failure.
  const body = (await transport.call({ ...common, path, attempted, deadlineMilliseconds: listDeadlineMilliseconds, attempts: 1, signal })) as ListBody
  const version = body.metadata?.resourceVersion
  if (version === undefined) throw new KubeError({ status: 0, reason: 'BrokenAnswer', attempted, explanation: 'the list has no resourceVersion' })
  // Items of a list do not say what they are.
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
  const items = (body.items ?? []).map((item) => ({ ...item, apiVersion, kind: resource.kind }))
  return { items, resourceVersion: version, ...(body.metadata?.continue && { next: body.metadata.continue }) }
}

const eventOf = (line: string, attempted: string): WatchEvent => {
  let parsed: Line
  try {
    parsed = JSON.parse(line) as Line
  } catch (cause) {
    throw new KubeError({ status: 0, reason: 'BrokenAnswer', attempted, explanation: 'a line of the watch is not JSON', cause })
  }
  const { type, object } = parsed
  if (object === undefined) throw new KubeError({ status: 0, reason: 'BrokenAnswer', attempted, explanation: 'a line of the watch has no object' })
  if (type === 'ERROR') throw statusError(attempted, object.code ?? 500, object, false)
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK') return { type, object }
  throw new KubeError({ status: 0, reason: 'BrokenAnswer', attempted, explanation: `a line of the watch has the unknown type ${type}` })
}

async function* watch(
  transport: Transport,
  resource: Resource,
  scope: Scope,
  from: Parameters<ListWatch['watch']>[2],
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const attempted = describeScope('watch', resource, scope)
  const path = withQuery(collectionPath(resource, scope.namespace ?? ''), {
    watch: 'true',
    allowWatchBookmarks: 'true',
    labelSelector: scope.labels && labelSelector(scope.labels),
    timeoutSeconds: String(from.timeoutSeconds),
    resourceVersion: from.resourceVersion,
    sendInitialEvents: from.initialEvents ? 'true' : undefined,
    resourceVersionMatch: from.initialEvents ? 'NotOlderThan' : undefined,
  })
  const bytes = await transport.stream({ ...common, path, attempted, deadlineMilliseconds: openDeadlineMilliseconds, attempts: 1 }, signal)
  try {
    for await (const line of lines(bytes)) yield eventOf(line, attempted)
  } catch (error) {
    if (!(error instanceof CutLine)) throw error
    throw new KubeError({ status: 0, reason: 'ConnectionLost', attempted, explanation: error.message, cause: error })
  }
}

export const listWatch = (transport: Transport): ListWatch => ({
  list: (resource, scope, page, signal) => list(transport, resource, scope, page, signal),
  watch: (resource, scope, from, signal) => watch(transport, resource, scope, from, signal),
})
