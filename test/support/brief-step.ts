// Steps in a few words, for tests that compare whole plans.
import type { Step } from '../../operator/plan/steps.ts'

/** A step in a few words. */
export const brief = (step: Step): string => {
  switch (step.do) {
    case 'sql':
      return step.changes.map(({ text, passwordFrom }) => `${text}${passwordFrom ? ` (${passwordFrom.name}/${passwordFrom.key})` : ''}`).join('; ')
    case 'apply':
    case 'ensureSecret':
      return `${step.do} ${step.manifest.kind} ${step.manifest.metadata.name.replace(/[0-9a-f]{10}$/, 'HASH')}`
    case 'delete':
      return `delete ${step.ref.resource.kind} ${step.ref.name} ${step.uid}`
    case 'annotate':
      return `annotate ${Object.entries(step.annotations)
        .map(([name, value]) => `${name}=${value}`)
        .join()}`
    case 'rotateKeys':
      return `rotateKeys ${JSON.stringify(step.change)}`
    case 'setStatus':
      return `setStatus ${step.ref.resource.kind} ${step.ref.name} ${JSON.stringify(step.status)}`
    case 'setFinalizers':
      return `finalizers ${JSON.stringify(step.finalizers)}`
    case 'ensureCa':
    case 'issueCertificate':
      return step.do
  }
}
