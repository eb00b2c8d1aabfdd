// Applies a manifest by server-side apply, and only when there is something to say.

import { covers } from '../covers.ts'
import type { Deps, KubeObject, ObjectRef, Resource } from '../deps.ts'
import { digest } from '../digest.ts'
import { annotations } from '../names.ts'

/** What an act did to an object; `Repaired` means that somebody else had changed it. */
export type Change = 'Created' | 'Updated' | 'Repaired' | 'Deleted'

const withHash = (manifest: KubeObject): { readonly hash: string; readonly stamped: KubeObject } => {
  const hash = digest(JSON.stringify(manifest))
  const metadata = { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, [annotations.applied]: hash } }
  return { hash, stamped: { ...manifest, metadata } }
}

/** The cache follows our own write, so that the next reconcile does not see the time before it. Bounded: a watch that is down holds nobody up. */
export async function untilSeen(deps: Deps, ref: ObjectRef, resourceVersion: string | undefined): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const seen = deps.cache.get(ref)?.metadata.resourceVersion
    if (resourceVersion === undefined || (seen !== undefined && BigInt(seen) >= BigInt(resourceVersion))) return
    await deps.clock.sleep(20)
  }
}

/** Returns what changed, or undefined when the live object said all of it already. */
export async function applyManifest(deps: Deps, resource: Resource, manifest: KubeObject): Promise<Change | undefined> {
  const ref: ObjectRef = { resource, namespace: manifest.metadata.namespace ?? '', name: manifest.metadata.name }
  const live = deps.cache.get(ref)
  const { hash, stamped } = withHash(manifest)
  const sameIntent = live?.metadata.annotations?.[annotations.applied] === hash
  if (live && sameIntent && covers(live, stamped)) return undefined
  const applied = await deps.kube.apply(resource, stamped)
  await untilSeen(deps, ref, applied.metadata.resourceVersion)
  if (!live) return 'Created'
  return sameIntent ? 'Repaired' : 'Updated'
}
