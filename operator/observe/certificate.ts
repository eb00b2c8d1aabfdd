// What cert-manager says of the instance's certificate: of the Certificate, of the request that it made for it last, and of the challenges of the host.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Deps, KubeObject } from '../deps.ts'
import { labels, tlsName } from '../names.ts'
import { kinds } from '../resources/kinds.ts'
import type { CertManagerState, Owned } from './facts.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly observedGeneration?: number
}

interface Certificate extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[]; readonly renewalTime?: string }
}

interface CertificateRequest extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] }
}

interface Challenge extends KubeObject {
  readonly spec?: { readonly dnsName?: string }
  readonly status?: { readonly state?: string; readonly reason?: string }
}

const conditionOf = ({ status }: CertificateRequest, type: string): Condition | undefined => status?.conditions?.find((condition) => condition.type === type)

/** cert-manager writes Orders' and servers' words into these messages; people need the beginning. */
const longestWords = 600
const words = (message: string | undefined): string | undefined => message?.replaceAll(/\s+/g, ' ').trim().slice(0, longestWords) || undefined

const refused = ['Failed', 'Denied', 'InvalidRequest']

/** The newest request that belongs to the Certificate. */
const newest = (requests: readonly CertificateRequest[], uid: string | undefined): CertificateRequest | undefined =>
  requests
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
    .sort((one, other) => ((one.metadata.creationTimestamp ?? '') < (other.metadata.creationTimestamp ?? '') ? 1 : -1))[0]

/** What the last issuance failed for; an error that cert-manager waits out, such as an issuer that is not there, counts as well. */
function failureOf(certificate: Certificate, request: CertificateRequest | undefined): string | undefined {
  const issuing = conditionOf(certificate, 'Issuing')
  if (issuing?.status === 'False' && issuing.reason === 'Failed') return words(issuing.message)
  const asked = request && conditionOf(request, 'Ready')
  if (asked?.status === 'False' && (refused.includes(asked.reason ?? '') || /not found/.test(asked.message ?? ''))) return words(asked.message)
  return undefined
}

const challengeOf = ({ status }: Challenge): { readonly failed: boolean; readonly words: string } | undefined => {
  const reason = words(status?.reason)
  return reason && status?.state !== 'valid' ? { failed: ['invalid', 'errored', 'expired'].includes(status?.state ?? ''), words: reason } : undefined
}

/** Undefined when the certificate comes from elsewhere, or before cert-manager has been asked. */
export function observeCertManager({ cache }: Pick<Deps, 'cache'>, instance: FiniaInstance, children: readonly Owned[]): CertManagerState | undefined {
  const { tls, host } = instance.spec.ingress
  const { namespace, name } = instance.metadata
  const certificate = children.find(({ resource, object }) => resource === kinds.certificate && object.metadata.name === tlsName(instance))?.object as
    | Certificate
    | undefined
  if (tls.mode !== 'CertManager' || !certificate) return undefined
  const request = newest(cache.list<CertificateRequest>(kinds.certificateRequest, namespace, { [labels.instance]: name }), certificate.metadata.uid)
  const challenges = cache
    .list<Challenge>(kinds.challenge, namespace)
    .filter(({ spec }) => spec?.dnsName === host)
    .flatMap((challenge) => challengeOf(challenge) ?? [])
  const [ready, failure, renewalTime] = [conditionOf(certificate, 'Ready'), failureOf(certificate, request), certificate.status?.renewalTime]
  const challenge = challenges.find(({ failed }) => failed) ?? challenges[0]
  const said = words(request && conditionOf(request, 'Ready')?.message) ?? words(ready?.message)
  return {
    ready: ready?.status === 'True' && (ready.observedGeneration ?? 0) >= (certificate.metadata.generation ?? 0),
    ...(said && { words: said }),
    ...(failure && { failure }),
    ...(challenge && { challenge }),
    ...(renewalTime && { renewAt: new Date(renewalTime) }),
  }
}
