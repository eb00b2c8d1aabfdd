// Whether all is well with the certificate that people are served, and what of it is told in the status.
import type { InstanceStatus } from '../crd/status.ts'
import { tlsSecretName } from '../names.ts'
import type { CertificateState, ObservedInstance } from '../observe/facts.ts'
import { renewalOf } from '../plan/secrets.ts'
import type { Problem } from '../plan/steps.ts'
import { certificateFlaw } from '../plan/tls.ts'
import { isSecure } from '../resources/public-url.ts'
import type { Finding } from './conditions.ts'

const type = 'TLSReady'

const isOff = ({ instance }: ObservedInstance): boolean => instance.spec.ingress.provider === 'None' || !isSecure(instance)

interface Span {
  readonly notBefore: Date
  readonly notAfter: Date
}

/** What the pods of the edge serve, the first to expire of it; where nobody says, what is in the Secret. */
function servedSpan({ secrets, edgePods = [] }: ObservedInstance): Span | undefined {
  const served = edgePods
    .flatMap(({ report }) => report.certificate ?? [])
    .filter(({ standIn }) => !standIn)
    .sort((one, other) => one.notAfter.getTime() - other.notAfter.getTime())[0]
  const kept = secrets.edgeTls?.certificate
  if (!served) return kept
  // an agent of an older release does not tell when it began
  return served.notBefore
    ? { notBefore: served.notBefore, notAfter: served.notAfter }
    : { notBefore: kept?.notBefore ?? new Date(0), notAfter: served.notAfter }
}

/** Lifetimes differ from days to years, so what is short is told by their fraction. */
const endsSoon = ({ notBefore, notAfter }: Span, now: Date): boolean => notAfter.getTime() - now.getTime() < (notAfter.getTime() - notBefore.getTime()) / 4

const day = (date: Date): string => date.toISOString().slice(0, 10)

const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`)

/** What cert-manager says is in its way, the nearest to the cause first. */
function obstacle({ certManager }: ObservedInstance): { readonly failed: boolean; readonly words: string } | undefined {
  const { challenge, failure, words } = certManager ?? {}
  if (challenge?.failed || (challenge && !failure)) return { failed: challenge.failed, words: `the challenge is not passed: ${challenge.words}` }
  if (failure) return { failed: true, words: failure }
  return words ? { failed: false, words } : undefined
}

function notIssued(observed: ObservedInstance): Finding {
  const { host, tls } = observed.instance.spec.ingress
  const told = obstacle(observed)
  const start = `cert-manager has not issued the certificate for ${host} yet`
  if (!told) return { type, status: 'False', reason: 'Waiting', message: `${start}.` }
  const message = `${start}: ${sentence(told.words)}`
  if (!told.failed) return { type, status: 'False', reason: 'Waiting', message }
  const advice = `See the ${tls.issuer?.kind} "${tls.issuer?.name}", and: kubectl describe certificate ${tlsSecretName(observed.instance)}`
  return { type, status: 'False', reason: 'IssuanceFailed', message: `${message} ${advice}` }
}

const remedies = {
  SelfSigned: 'the operator renews it by itself: look at the condition Ready for what keeps it from doing so',
  CertManager: 'cert-manager renews it by itself: look at what keeps it from doing so',
  Secret: 'put a newer one into the Secret',
  Disabled: '',
} as const

const renewalTrouble = ({ certManager }: ObservedInstance): string => (certManager?.failure ? ` The last renewal failed: ${sentence(certManager.failure)}` : '')

/** A flaw that the pods of the edge have found, or one of a Secret that is ours or cert-manager's. */
function flawed(observed: ObservedInstance, now: Date): Finding | undefined {
  const { instance, secrets, edgePods = [] } = observed
  const name = tlsSecretName(instance)
  const flaw = secrets.edgeTls && certificateFlaw(secrets.edgeTls, instance.spec.ingress.host, now)
  if (flaw) return { type, status: 'False', reason: flaw.reason, message: `The Secret "${name}" ${flaw.words}` }
  const doubting = edgePods.find(({ report }) => report.certificateProblem !== undefined)
  if (!doubting) return undefined
  const message = `The edge pod ${doubting.pod} does not take the certificate of the Secret "${name}", and goes on with the one before: ${doubting.report.certificateProblem}`
  return { type, status: 'False', reason: 'Mismatch', message }
}

/** Undefined where nobody is served a certificate. */
export function tlsFinding(observed: ObservedInstance, problems: readonly Problem[], now: Date): Finding | undefined {
  const { instance, secrets, certManager, edgePods = [] } = observed
  const { host, tls } = instance.spec.ingress
  if (isOff(observed)) return undefined
  const problem = problems.find(({ about }) => about === type)
  if (problem) return { type, status: 'False', reason: problem.reason, message: problem.message }
  const kept: CertificateState | undefined = secrets.edgeTls?.certificate
  if (tls.mode === 'CertManager' && (!kept || !certManager?.ready)) return notIssued(observed)
  const flaw = flawed(observed, now)
  if (flaw) return flaw
  const span = servedSpan(observed)
  if (!kept || !span) return { type, status: 'False', reason: 'Waiting', message: `The certificate for ${host} is being made.` }
  if (edgePods.length > 0 && edgePods.every(({ report }) => report.certificate?.standIn))
    return { type, status: 'False', reason: 'Waiting', message: `The certificate for ${host} is there; the edge's pods see it within two minutes.` }
  if (span.notAfter <= now)
    return {
      type,
      status: 'False',
      reason: 'Expired',
      message: `The certificate that is served for ${host} expired on ${day(span.notAfter)}: ${remedies[tls.mode]}.${renewalTrouble(observed)}`,
    }
  if (endsSoon(span, now))
    return {
      type,
      status: 'False',
      reason: 'ExpiresSoon',
      message: `The certificate that is served for ${host} expires on ${day(span.notAfter)}: ${remedies[tls.mode]}.${renewalTrouble(observed)}`,
    }
  return { type, status: 'True', reason: 'Valid', message: `The certificate for ${host} is valid until ${day(span.notAfter)}.${renewalTrouble(observed)}` }
}

const seconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

/** What is really served, where that is known. */
export function tlsFacts(observed: ObservedInstance): InstanceStatus['tls'] {
  const span = isOff(observed) ? undefined : servedSpan(observed)
  if (!span) return undefined
  const kept = observed.secrets.edgeTls?.certificate
  const own = observed.instance.spec.ingress.tls.mode === 'SelfSigned' && kept ? renewalOf(kept) : undefined
  const renewAt = own ?? observed.certManager?.renewAt
  return { notAfter: seconds(span.notAfter), ...(renewAt && { renewAt: seconds(renewAt) }) }
}
