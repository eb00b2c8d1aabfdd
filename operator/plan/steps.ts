// What a plan consists of: acts as data, without a single secret value in them. execute/ carries them out, in order.
import type { KubeObject, ObjectRef, Resource, TlsMode } from '../deps.ts'

/** Where a secret value is found when it is needed: a key of a Secret. */
export interface SecretRef {
  readonly namespace: string
  readonly name: string
  readonly key: string
}

/** A login to a database server; its password and CA are looked up when it is used. */
export interface DatabaseLogin {
  readonly host: string
  readonly port: number
  readonly user: string | SecretRef
  readonly password: SecretRef
  readonly tls: { readonly mode: TlsMode; readonly ca?: SecretRef }
}

/** One administrative statement. Identifiers are quoted already; `passwordFrom` is the value of its only `?`. */
export interface SqlChange {
  readonly text: string
  readonly passwordFrom?: SecretRef
}

/** How a value of a generated Secret is made. `password`: 32 random bytes, base64url. `sessionKeys`: a JWK set with one key. */
export type Generator = 'password' | 'sessionKeys' | { readonly text: string }

export type Step =
  | { readonly do: 'apply'; readonly resource: Resource; readonly manifest: KubeObject }
  | { readonly do: 'delete'; readonly ref: ObjectRef; readonly uid: string }
  /** Creates the Secret, or adds the keys that are missing; never changes a key that is there. */
  | { readonly do: 'ensureSecret'; readonly manifest: KubeObject; readonly keys: Readonly<Record<string, Generator>> }
  /** Creates the CA in a Secret (tls.crt, tls.key, ca.crt) unless it is there. */
  | { readonly do: 'ensureCa'; readonly manifest: KubeObject; readonly commonName: string; readonly days: number }
  /** Writes a certificate of the CA into a Secret (tls.crt, tls.key, ca.crt), replacing the one there. */
  | {
      readonly do: 'issueCertificate'
      readonly manifest: KubeObject
      readonly ca: { readonly namespace: string; readonly name: string }
      readonly names: readonly string[]
      readonly days: number
    }
  | { readonly do: 'sql'; readonly login: DatabaseLogin; readonly changes: readonly SqlChange[] }
  /** Adds a key to the JWK set of sessions, as the last one, or puts one first; fails when the Secret is not the one that was looked at. */
  | {
      readonly do: 'rotateKeys'
      readonly secret: SecretRef
      readonly resourceVersion: string
      readonly change: { readonly add: string; readonly drop: readonly string[] } | { readonly promote: string }
    }
  /** Writes fields of the status of an object that another controller looks after. */
  | { readonly do: 'setStatus'; readonly ref: ObjectRef; readonly uid: string; readonly status: object }
  /** Writes an annotation on an object. */
  | { readonly do: 'annotate'; readonly ref: ObjectRef; readonly annotations: Readonly<Record<string, string>> }
  /** Adds or removes our finalizer on the custom resource, guarded by its resourceVersion. */
  | { readonly do: 'setFinalizers'; readonly ref: ObjectRef; readonly resourceVersion: string; readonly finalizers: readonly string[] }

/** Something a person must change: it becomes a condition. `about` names the condition that it explains. */
export interface Problem {
  readonly about: string
  readonly reason: string
  readonly message: string
}

/** What follows after a reconcile: look again after a while, or when a watch says so. */
export interface Requeue {
  readonly afterSeconds?: number
}
