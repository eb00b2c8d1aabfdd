// Whether the certificate that the spec asks for can be served, and what waits until it can: what is served keeps being served.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { KubeObject, Resource } from '../deps.ts'
import { apiName, configName, edgeName, tlsSecretName } from '../names.ts'
import type { ObservedInstance, SecretState } from '../observe/facts.ts'
import type { Child } from '../resources/index.ts'
import { kinds } from '../resources/kinds.ts'
import { isSecure } from '../resources/public-url.ts'
import type { Problem } from './steps.ts'

/** What is wrong with a Secret, as what it does: "lacks …: do …". */
export interface Flaw {
  readonly reason: string
  readonly words: string
}

/** A wildcard stands for one label (RFC 9525, 6.3). */
export const coversHost = (names: readonly string[], host: string): boolean =>
  names.some((name) => {
    const lower = name.toLowerCase()
    return lower === host || (lower.startsWith('*.') && host.includes('.') && host.slice(host.indexOf('.')) === lower.slice(1))
  })

const day = (date: Date): string => date.toISOString().slice(0, 10)

const keyFlaws: Readonly<Record<string, string>> = {
  Unreadable: 'has a tls.key that cannot be read: put the unencrypted private key in, as PEM',
  Differs: 'has a tls.key that is not the key of the first certificate in tls.crt: put the matching pair in',
}

/** Undefined when nginx can serve it and clients will take it. */
export function certificateFlaw({ keys, certificate }: SecretState, host: string, now: Date): Flaw | undefined {
  const missing = ['tls.crt', 'tls.key'].filter((key) => !keys.includes(key))
  if (missing.length > 0) return { reason: 'SecretIncomplete', words: `lacks ${missing.join(' and ')}: put in what is missing` }
  if (!certificate)
    return { reason: 'CertificateUnreadable', words: 'has no readable certificate in tls.crt: put the chain in as PEM, the certificate of the host first' }
  const keyFlaw = keyFlaws[certificate.key]
  if (keyFlaw) return { reason: 'Mismatch', words: keyFlaw }
  if (!coversHost(certificate.names, host)) {
    const names = certificate.names.slice(0, 5).join(', ') || 'no name at all'
    return {
      reason: 'Mismatch',
      words: `holds a certificate for ${names}, not for spec.ingress.host ${host}: put one in that is made for it, or correct the host`,
    }
  }
  if (certificate.notAfter <= now) return { reason: 'Expired', words: `holds a certificate that expired on ${day(certificate.notAfter)}: put a newer one in` }
  if (certificate.notBefore > now)
    return { reason: 'NotYetValid', words: `holds a certificate that is not valid before ${day(certificate.notBefore)}: put one in that is valid now` }
  return undefined
}

/** Whether anybody is to be served a certificate at all. */
const isServed = (instance: FiniaInstance): boolean => instance.spec.ingress.provider !== 'None' && isSecure(instance)

function ownSecretProblems({ instance, secrets }: ObservedInstance, name: string, now: Date): readonly Problem[] {
  const about = 'TLSReady'
  const told = `The Secret "${name}" of spec.ingress.tls.secretName`
  if (!secrets.edgeTls)
    return [{ about, reason: 'SecretMissing', message: `${told} does not exist: create it with the keys tls.crt and tls.key, or name another` }]
  const flaw = certificateFlaw(secrets.edgeTls, instance.spec.ingress.host, now)
  return flaw ? [{ about, reason: flaw.reason, message: `${told} ${flaw.words}` }] : []
}

/** What a person must change before the certificate that the spec asks for can be served. */
export function tlsProblems(observed: ObservedInstance, now: Date): readonly Problem[] {
  const { instance, absentKinds = [] } = observed
  const { mode, secretName } = instance.spec.ingress.tls
  if (!isServed(instance)) return []
  if (mode === 'Secret' && secretName) return ownSecretProblems(observed, secretName, now)
  if (mode !== 'CertManager' || !absentKinds.includes(kinds.certificate)) return []
  const message =
    'spec.ingress.tls.mode is CertManager, but this cluster does not know the kind Certificate of cert-manager.io/v1: install cert-manager, or use tls.mode SelfSigned'
  return [{ about: 'TLSReady', reason: 'CertManagerMissing', message }]
}

const isInForce = ({ instance, secrets, certManager }: ObservedInstance, now: Date): boolean =>
  secrets.edgeTls !== undefined &&
  certificateFlaw(secrets.edgeTls, instance.spec.ingress.host, now) === undefined &&
  (instance.spec.ingress.tls.mode !== 'CertManager' || certManager?.ready === true)

interface Deployment extends KubeObject {
  readonly spec?: {
    readonly template?: { readonly spec?: { readonly volumes?: readonly { readonly name: string; readonly secret?: { readonly secretName?: string } }[] } }
  }
  readonly status?: { readonly readyReplicas?: number }
}

interface Ingress extends KubeObject {
  readonly spec?: { readonly tls?: readonly { readonly secretName?: string }[] }
}

/** Settings that speak of TLS to people who have only http so far. */
const speakOfTls = (instance: FiniaInstance): readonly (readonly [Resource, string])[] => [
  [kinds.configMap, edgeName(instance)],
  [kinds.service, edgeName(instance)],
  [kinds.configMap, configName(instance)],
  [kinds.deployment, apiName(instance)],
]

/** Which objects of the managed edge wait. Pods that serve a stand-in have nothing to lose. */
function heldEdge({ instance, children, secrets, edgePods = [] }: ObservedInstance): readonly (readonly [Resource, string])[] {
  const edge = children.find(({ resource, object }) => resource === kinds.deployment && object.metadata.name === edgeName(instance))?.object as
    | Deployment
    | undefined
  if (!edge?.status?.readyReplicas) return []
  const before = edge.spec?.template?.spec?.volumes?.find(({ name }) => name === 'tls')?.secret?.secretName
  const standsIn = edgePods.length > 0 && edgePods.every(({ report }) => report.certificate?.standIn === true)
  if (before === tlsSecretName(instance) && (secrets.edgeTls?.certificate !== undefined || standsIn)) return []
  // with cert-manager http must answer the challenge, so its settings cannot wait
  const plain = before === undefined && instance.spec.ingress.tls.mode === 'Secret'
  return [[kinds.deployment, edgeName(instance)], ...(plain ? speakOfTls(instance) : [])]
}

/** Ingresses that would lead to a certificate that cannot be served. */
const heldIngresses = ({ instance, children }: ObservedInstance): readonly (readonly [Resource, string])[] =>
  children.flatMap(({ resource, object }) => {
    const [before] = resource === kinds.ingress ? ((object as Ingress).spec?.tls ?? []) : []
    return before?.secretName && before.secretName !== tlsSecretName(instance) ? [[resource, object.metadata.name] as const] : []
  })

export interface Held {
  /** Whether this wanted child stays as it is. */
  readonly child: (child: Child) => boolean
  /** Whether what is no longer wanted stays: as long as something waits, the certificate before is in use. */
  readonly resource: (resource: Resource) => boolean
}

/** What waits until the certificate that the spec asks for is there and good. */
export function heldForCertificate(observed: ObservedInstance, now: Date): Held {
  const waits = isServed(observed.instance) && !isInForce(observed, now)
  const held = waits ? [...heldEdge(observed), ...heldIngresses(observed)] : []
  return {
    child: ({ resource, manifest }) => held.some(([kind, name]) => kind === resource && name === manifest.metadata.name),
    resource: (resource) => held.length > 0 && resource === kinds.certificate,
  }
}
