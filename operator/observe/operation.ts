// Everything that a plan for an operation needs to know, read at one time.
import type { FiniaInstance, FiniaOperation } from '../crd/kinds.ts'
import type { Deps, EdgeReport, KubeObject } from '../deps.ts'
import { annotations, apiName, caName, keysKeys, keysName, ports, selectorLabels, tlsName, tlsSecretName } from '../names.ts'
import { hasEnded } from '../plan/operation-plan.ts'
import { kinds } from '../resources/kinds.ts'
import { type OldKeys, parseOldKeys, parseSessionKeys } from '../session-keys.ts'
import { observeSecret } from './secrets.ts'

/** The keys of sessions without the keys. */
export interface KeyRingFacts {
  readonly resourceVersion: string
  /** What pods that were started with this content carry as an annotation. */
  readonly digest: string
  /** Names, in order; the first one encrypts. Undefined when the content is no key set. */
  readonly kids: readonly string[] | undefined
  readonly oldKeys?: OldKeys
}

export interface Pod extends KubeObject {
  readonly status?: { readonly phase?: string; readonly podIP?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

export interface Deployment extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly template: { readonly metadata?: KubeObject['metadata'] } }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly availableReplicas?: number
  }
}

/** cert-manager's, as far as it concerns a renewal. */
export interface Certificate extends KubeObject {
  readonly status?: {
    readonly revision?: number
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason?: string
      readonly message?: string
      readonly lastTransitionTime?: string
      readonly observedGeneration?: number
    }[]
  }
}

export interface EdgePod {
  readonly name: string
  readonly report: EdgeReport | { readonly failure: string }
}

export interface ApiPod extends Pod {
  /** Names of the session keys that it says it has; absent when it does not say. */
  readonly kids?: readonly string[]
}

export interface KeysSeen {
  /** Undefined when there is no Secret. */
  readonly ring: KeyRingFacts | undefined
  readonly deployment: Deployment | undefined
  /** All that have not ended, those that are leaving as well: they may still answer. */
  readonly pods: readonly ApiPod[]
}

export interface CertificateSeen {
  /** What is to be served now; undefined while there is no Secret with a readable certificate. */
  readonly secret: { readonly renewedFor?: string; readonly fingerprint: string } | undefined
  readonly hasCa: boolean
  readonly certificate: Certificate | undefined
  /** Edge pods that get requests. */
  readonly edge: readonly EdgePod[]
}

export interface ObservedOperation {
  readonly operation: FiniaOperation
  /** Undefined when there is none of that name. */
  readonly instance: FiniaInstance | undefined
  /** Operations of the same type on the same instance that are to end before this one begins. */
  readonly before: readonly FiniaOperation[]
  /** With RotateKeys, when it may run. */
  readonly keys?: KeysSeen
  /** With RenewCertificate, when it may run. */
  readonly certificate?: CertificateSeen
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const order = ({ metadata }: FiniaOperation): string => `${metadata.creationTimestamp ?? ''} ${metadata.uid}`

/** Who has begun goes on; else the older one is first. */
const isBefore = (other: FiniaOperation, operation: FiniaOperation): boolean => {
  if (other.status?.state === 'Running' && operation.status?.state !== 'Running') return true
  if (operation.status?.state === 'Running' && other.status?.state !== 'Running') return false
  return order(other) < order(operation)
}

const operationsBefore = (deps: Deps, operation: FiniaOperation): readonly FiniaOperation[] =>
  (deps.cache.list(kinds.operation, operation.metadata.namespace) as readonly KubeObject[] as readonly FiniaOperation[]).filter(
    (other) =>
      other.metadata.uid !== operation.metadata.uid &&
      other.spec.instance === operation.spec.instance &&
      other.spec.type === operation.spec.type &&
      !hasEnded(other) &&
      !other.metadata.deletionTimestamp &&
      isBefore(other, operation),
  )

const podsOf = (deps: Deps, { metadata }: FiniaInstance, component: 'api' | 'edge'): readonly Pod[] =>
  deps.cache
    .list<Pod>(kinds.pod, metadata.namespace, selectorLabels(metadata.name, component))
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')

const valueOf = (secret: Secret, key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8')

async function observeKeyRing(deps: Deps, instance: FiniaInstance): Promise<KeyRingFacts | undefined> {
  const { namespace } = instance.metadata
  const name = keysName(instance)
  const secret = await deps.kube.get<Secret>({ resource: kinds.secret, namespace, name })
  const state = await observeSecret(deps, namespace, name)
  if (!secret || !state) return undefined
  const { resourceVersion = '', annotations: notes } = state.metadata
  if (secret.metadata.resourceVersion !== resourceVersion) throw new Error(`Secret ${namespace}/${name} changed while it was read`)
  const oldKeys = parseOldKeys(notes?.[annotations.oldKeys])
  const kids = parseSessionKeys(valueOf(secret, keysKeys.sessionKeys))?.map(({ kid }) => kid)
  return { resourceVersion, digest: state.digest, kids, ...(oldKeys && { oldKeys }) }
}

async function askedPod(deps: Deps, pod: Pod): Promise<ApiPod> {
  const address = pod.status?.podIP
  const kids = address === undefined ? undefined : await deps.apiProbe.sessionKeys({ address, port: ports.management })
  return { ...pod, ...(kids && { kids }) }
}

const observeKeys = async (deps: Deps, instance: FiniaInstance): Promise<KeysSeen> => ({
  ring: await observeKeyRing(deps, instance),
  deployment: deps.cache.get<Deployment>({ resource: kinds.deployment, namespace: instance.metadata.namespace, name: apiName(instance) }),
  pods: await Promise.all(podsOf(deps, instance, 'api').map((pod) => askedPod(deps, pod))),
})

const isServing = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true

const edgePod = async (deps: Deps, { metadata, status }: Pod): Promise<EdgePod> => ({
  name: metadata.name,
  report: await deps.edgeProbe.state({ address: status?.podIP ?? '', port: ports.edgeAgent }),
})

async function servedSecret(deps: Deps, instance: FiniaInstance): Promise<CertificateSeen['secret']> {
  const name = tlsSecretName(instance)
  const secret = name === undefined ? undefined : await deps.kube.get<Secret>({ resource: kinds.secret, namespace: instance.metadata.namespace, name })
  if (!secret) return undefined
  try {
    const renewedFor = secret.metadata.annotations?.[annotations.renewedFor]
    return { fingerprint: deps.pki.inspect(valueOf(secret, 'tls.crt')).fingerprint, ...(renewedFor !== undefined && { renewedFor }) }
  } catch {
    return undefined // as good as none: it is made anew
  }
}

async function observeCertificate(deps: Deps, instance: FiniaInstance): Promise<CertificateSeen> {
  const { namespace } = instance.metadata
  const [secret, ca, edge] = await Promise.all([
    servedSecret(deps, instance),
    observeSecret(deps, namespace, caName(instance)),
    Promise.all(
      podsOf(deps, instance, 'edge')
        .filter(isServing)
        .map((pod) => edgePod(deps, pod)),
    ),
  ])
  const certificate = deps.cache.get<Certificate>({ resource: kinds.certificate, namespace, name: tlsName(instance) })
  return { secret, hasCa: ca?.keys.includes('tls.key') === true, certificate, edge }
}

/** Undefined when the operation is gone. */
export async function observeOperation(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<ObservedOperation | undefined> {
  const operation = (await deps.kube.get({ resource: kinds.operation, ...key })) as FiniaOperation | undefined
  if (!operation) return undefined
  if (hasEnded(operation)) return { operation, instance: undefined, before: [] }
  const instance = (await deps.kube.get({ resource: kinds.instance, namespace: key.namespace, name: operation.spec.instance })) as FiniaInstance | undefined
  const before = operationsBefore(deps, operation)
  if (!instance || before.length > 0) return { operation, instance, before }
  return operation.spec.type === 'RotateKeys'
    ? { operation, instance, before, keys: await observeKeys(deps, instance) }
    : { operation, instance, before, certificate: await observeCertificate(deps, instance) }
}
