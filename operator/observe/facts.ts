// What a plan sees of the world: plain data, no handles and no secret values.
import type { FiniaInstance, FiniaUser } from '../crd/kinds.ts'
import type { EdgeReport, KubeObject, Resource } from '../deps.ts'
import type { DatabaseObservation } from './database.ts'

/** A certificate in a Secret. */
export interface CertificateState {
  readonly names: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
  /** Whether the instance's CA of today signed it. */
  readonly fromOurCa: boolean
  /** SHA-256 of it (hex with colons). */
  readonly fingerprint: string
  /** Of the OCSP responder that nginx asks about it, where it names one. */
  readonly responderPort?: number
  /** Whether the private key beside it, in tls.key, is its own. */
  readonly key: 'Fits' | 'Differs' | 'Unreadable' | 'Missing'
}

/** A Secret without its values. */
export interface SecretState {
  readonly metadata: KubeObject['metadata']
  readonly keys: readonly string[]
  /** Changes when a value changes. */
  readonly digest: string
  /** The same of each value alone. */
  readonly digests: Readonly<Record<string, string>>
  /** Of its tls.crt, where there is a readable one. */
  readonly certificate?: CertificateState
}

/** The Secrets that an instance is made of; undefined = there is none. */
export interface InstanceSecrets {
  readonly keys: SecretState | undefined
  readonly database: SecretState | undefined
  readonly ca: SecretState | undefined
  readonly edgeTls: SecretState | undefined
  readonly databaseTls: SecretState | undefined
  /** With an external database: the administrator's. */
  readonly admin: SecretState | undefined
  /** The CA that the database is verified by, when one is named or it is our own. */
  readonly databaseCa: SecretState | undefined
}

/** What the edge answered; undefined = not asked, since none of its pods is ready, or since an edge of somebody else's has no address yet. */
export type EdgeState = { readonly status: number; readonly unverified?: string } | { readonly failure: string } | undefined

/** A pod of the managed edge, and what its agent says. */
export interface EdgePod {
  readonly pod: string
  readonly report: EdgeReport
}

/** What cert-manager says of the instance's certificate. */
export interface CertManagerState {
  /** Whether the Secret holds what was asked for. */
  readonly ready: boolean
  /** What it says while it is at work. */
  readonly words?: string
  /** Why the last issuance failed. */
  readonly failure?: string
  /** Of a challenge of the host that is not passed: what is in its way, and whether it failed for good. */
  readonly challenge?: { readonly failed: boolean; readonly words: string }
  /** When it renews. */
  readonly renewAt?: Date
}

/** An object that we made, and its kind. */
export interface Owned {
  readonly resource: Resource
  readonly object: KubeObject
}

export interface ObservedInstance {
  readonly instance: FiniaInstance
  readonly children: readonly Owned[]
  readonly secrets: InstanceSecrets
  readonly database: DatabaseObservation
  readonly edge: EdgeState
  /** Pods of the managed edge whose agent answered; absent = none did. */
  readonly edgePods?: readonly EdgePod[]
  /** With tls.mode CertManager, once it has been asked. */
  readonly certManager?: CertManagerState
  /** Kinds that children may be of and that this cluster does not have; absent = it has all. */
  readonly absentKinds?: readonly Resource[]
  readonly users: readonly FiniaUser[]
  /** The claim that folder imports read from; absent without them. */
  readonly importClaim?: 'There' | 'Missing'
  /** Where the API server listens, for the policies of those who talk to it; empty = nobody knows. */
  readonly apiServer: readonly { readonly address: string; readonly port: number }[]
}
