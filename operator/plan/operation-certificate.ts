// RenewCertificate: the certificate of the edge is issued anew, by the instance's own CA or by cert-manager, and is over when the edge serves it.
import type { FiniaInstance, FiniaOperation } from '../crd/kinds.ts'
import { annotations, caName, tlsName } from '../names.ts'
import type { Certificate, CertificateSeen, EdgePod } from '../observe/operation.ts'
import { kinds } from '../resources/kinds.ts'
import { edgeTlsSecret } from '../resources/secrets.ts'
import { acts, failed, type OperationPlan, succeeded, waits } from './operation-plan.ts'
import { certificateDays } from './secrets.ts'

/** A mounted Secret takes the kubelet up to 90 seconds, an authority a few minutes. */
const deadlineMinutes = 10

/** What an edge pod lacks; undefined when it serves the certificate. */
function lack({ report }: EdgePod, fingerprint: string): string | undefined {
  if ('failure' in report) return report.failure
  if (report.certificate?.fingerprint === fingerprint) return undefined
  return report.certificateProblem ?? report.refused ?? 'it serves another certificate'
}

/** The certificate is there; what is left is that people are served it. */
function served(instance: FiniaInstance, { secret, edge }: CertificateSeen): OperationPlan {
  const { provider } = instance.spec.ingress
  const name = tlsName(instance)
  if (provider !== 'Managed')
    return succeeded(
      'Done',
      `The certificate in the Secret "${name}" is a new one; it is served by spec.ingress.provider ${provider}, whom the operator cannot ask`,
    )
  if (!secret) return waits('Serve', `The Secret "${name}" holds no certificate that can be read`)
  if (edge.length === 0) return waits('Serve', 'The certificate is a new one, but no edge pod is ready to serve it')
  const lacking = edge.flatMap((pod) => {
    const what = lack(pod, secret.fingerprint)
    return what === undefined ? [] : [`${pod.name}: ${what}`]
  })
  if (lacking.length > 0) return waits('Serve', `The certificate is a new one, but not every edge pod serves it yet (${lacking.join('; ')})`)
  return succeeded('Done', `The certificate is a new one, and every edge pod serves it (${edge.length})`)
}

function selfSigned(operation: FiniaOperation, instance: FiniaInstance, seen: CertificateSeen): OperationPlan {
  const { uid } = operation.metadata
  if (seen.secret?.renewedFor === uid) return served(instance, seen)
  const ca = { namespace: instance.metadata.namespace, name: caName(instance) }
  if (!seen.hasCa) return waits('WaitForCA', `The Secret "${ca.name}" holds no CA yet: the operator makes it with the instance`)
  const secret = edgeTlsSecret(instance)
  // Written with the certificate, so that nobody who comes after a crash issues a second one.
  const manifest = { ...secret, metadata: { ...secret.metadata, annotations: { [annotations.renewedFor]: uid } } }
  return acts('Issue', 'A certificate is issued by the CA of the instance', {
    do: 'issueCertificate',
    manifest,
    ca,
    names: [instance.spec.ingress.host],
    days: certificateDays,
  })
}

const issuing = (certificate: Certificate) => certificate.status?.conditions?.find(({ type }) => type === 'Issuing')

/** When the last issuance failed, if that is how it ended. */
const failureOf = (condition: ReturnType<typeof issuing>): string => (condition?.status === 'False' ? (condition.lastTransitionTime ?? '') : 'none')

const rfc3339 = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

/** cert-manager's own word for it. */
const byHand = 'ManuallyTriggered'

/** What `cmctl renew` does: the other conditions stay as they are. */
const requested = (certificate: Certificate, now: Date) => ({
  conditions: [
    ...(certificate.status?.conditions ?? []).filter(({ type }) => type !== 'Issuing'),
    {
      type: 'Issuing',
      status: 'True',
      reason: byHand,
      message: 'Certificate re-issuance manually triggered',
      lastTransitionTime: rfc3339(now),
      observedGeneration: certificate.metadata.generation ?? 0,
    },
  ],
})

function byCertManager(operation: FiniaOperation, instance: FiniaInstance, seen: CertificateSeen, now: Date): OperationPlan {
  const { certificate } = seen
  const name = tlsName(instance)
  if (!certificate) return waits('WaitForCertificate', `The Certificate "${name}" of cert-manager is not there yet: the operator makes it with the instance`)
  const { name: self, namespace, annotations: notes } = operation.metadata
  const before = notes?.[annotations.revisionBefore]
  const revision = certificate.status?.revision ?? 0
  const condition = issuing(certificate)
  // Noted before the request, so that whoever comes after a crash knows an answer when it is there.
  if (before === undefined)
    return acts('NoteRevision', `The Certificate "${name}" is at revision ${revision}`, {
      do: 'annotate',
      ref: { resource: kinds.operation, namespace, name: self },
      annotations: { [annotations.revisionBefore]: `${revision} ${failureOf(condition)}` },
    })
  const [revisionBefore, failureBefore] = before.split(' ')
  if (revision > Number(revisionBefore)) return served(instance, seen)
  if (condition?.status === 'True') return waits('Issue', `cert-manager issues the Certificate "${name}": ${condition.message ?? 'no word yet'}`)
  if (condition?.status === 'False' && failureOf(condition) !== failureBefore)
    return failed(
      'IssuanceFailed',
      `cert-manager could not issue the Certificate "${name}": ${condition.message ?? 'it does not say why'}. Mend that, then create another FiniaOperation`,
    )
  return acts('Issue', `cert-manager is asked to issue the Certificate "${name}"`, {
    do: 'setStatus',
    ref: { resource: kinds.certificate, namespace, name },
    uid: certificate.metadata.uid ?? '',
    status: requested(certificate, now),
  })
}

const isLate = ({ status }: FiniaOperation, now: Date): boolean =>
  status?.startedAt !== undefined && now.getTime() - new Date(status.startedAt).getTime() > deadlineMinutes * 60_000

function inTime(operation: FiniaOperation, plan: OperationPlan, now: Date): OperationPlan {
  if (plan.state !== 'Running' || !isLate(operation, now)) return plan
  return failed('TooLate', `After ${deadlineMinutes} minutes it is not over: ${plan.message}. Create another FiniaOperation when that is mended`)
}

export function planCertificate(operation: FiniaOperation, instance: FiniaInstance, seen: CertificateSeen, now: Date): OperationPlan {
  const { provider, tls } = instance.spec.ingress
  if (provider === 'None')
    return failed('NoCertificate', 'spec.ingress.provider of the instance is None: the API is reached without TLS, and there is no certificate')
  switch (tls.mode) {
    case 'SelfSigned':
      return inTime(operation, selfSigned(operation, instance, seen), now)
    case 'CertManager':
      return inTime(operation, byCertManager(operation, instance, seen, now), now)
    case 'Secret':
      return failed(
        'CertificateNotOurs',
        `spec.ingress.tls.mode of the instance is Secret: the certificate in the Secret "${tls.secretName}" is yours. Put the new one into that Secret; it is served without a restart`,
      )
    case 'Disabled':
      return failed('NoCertificate', 'spec.ingress.tls.mode of the instance is Disabled: there is no certificate')
  }
}
