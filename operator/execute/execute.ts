// Carries out a plan's steps, in order. The first failure ends the run; what was done stays, and every step may be repeated.
import type { Deps, KubeObject, ObjectRef } from '../deps.ts'
import type { Step } from '../plan/steps.ts'
import { applyManifest, type Change } from './apply.ts'
import { rotateKeys } from './rotate-keys.ts'
import { ensureCa, ensureSecret, issueCertificate } from './secrets.ts'
import { runChanges } from './sql.ts'

/** What a step changed in the world, for the log and for events. */
export interface Deed {
  readonly change: Change
  readonly what: string
}

const nameOf = (manifest: KubeObject): string => `${manifest.kind} ${manifest.metadata.name}`
const nameOfRef = (ref: ObjectRef): string => `${ref.resource.kind} ${ref.name}`

async function carryOut(deps: Deps, step: Step): Promise<Change | undefined> {
  switch (step.do) {
    case 'apply':
      return applyManifest(deps, step.resource, step.manifest)
    case 'delete':
      await deps.kube.delete(step.ref, step.uid)
      return 'Deleted'
    case 'ensureSecret':
      return ensureSecret(deps, step)
    case 'ensureCa':
      return ensureCa(deps, step)
    case 'issueCertificate':
      return issueCertificate(deps, step)
    case 'sql':
      await runChanges(deps, step.login, step.changes)
      return 'Updated'
    case 'rotateKeys':
      return rotateKeys(deps, step)
    case 'setStatus':
      await deps.kube.patchStatus(step.ref, step.uid, step.status)
      return 'Updated'
    case 'annotate':
      await deps.kube.patch(step.ref, { metadata: { annotations: step.annotations } })
      return 'Updated'
    case 'setFinalizers':
      await deps.kube.patch(step.ref, { metadata: { resourceVersion: step.resourceVersion, finalizers: step.finalizers } })
      return 'Updated'
  }
}

const subjectOf = (step: Step): string => {
  switch (step.do) {
    case 'apply':
    case 'ensureSecret':
    case 'ensureCa':
    case 'issueCertificate':
      return nameOf(step.manifest)
    case 'delete':
      return nameOfRef(step.ref)
    case 'rotateKeys':
      return `keys of sessions in Secret ${step.secret.name}`
    case 'setStatus':
      return `status of ${nameOfRef(step.ref)}`
    case 'annotate':
      return `annotations of ${nameOfRef(step.ref)}`
    case 'setFinalizers':
      return `finalizers of ${nameOfRef(step.ref)}`
    case 'sql':
      return `accounts and databases on ${step.login.host}`
  }
}

/** Does the steps; `deeds` grows as they succeed, so that it is right after a failure too. */
export async function execute(deps: Deps, steps: readonly Step[], deeds: Deed[] = []): Promise<void> {
  for (const step of steps) {
    const change = await carryOut(deps, step)
    if (change) deeds.push({ change, what: subjectOf(step) })
  }
}
