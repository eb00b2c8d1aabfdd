// The ports: what the operator needs from the world. Adapters implement them, main.ts wires them, tests fake them.

export interface Clock {
  now(): Date
  /** Resolves after `milliseconds`; rejects with the signal's reason when aborted first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** Time that only moves forward, for durations: a change of the wall clock does not touch it. */
export interface Stopwatch {
  /** Milliseconds since some fixed moment. */
  elapsed(): number
}

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array
  /** A number in [0, 1), for jitter only. */
  number(): number
}

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Where a kind lives in the API. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
}

/** Any Kubernetes object as plain JSON. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly generation?: number
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly {
      readonly apiVersion: string
      readonly kind: string
      readonly name: string
      readonly uid: string
      readonly controller?: boolean
    }[]
  }
}

/** Names one object. */
export interface ObjectRef {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
}

/** The API server. Every call has a deadline, is retried where that is safe, and fails with a KubeError (kube/errors.ts). */
export interface Kube {
  /** Reads the live object; undefined when there is none. */
  get<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined>
  /** Server-side apply with force: the manifest is the whole intent of our field manager. */
  apply<T extends KubeObject>(resource: Resource, manifest: KubeObject): Promise<T>
  /** Creates; undefined when an object of the name is there already. */
  create<T extends KubeObject>(resource: Resource, manifest: KubeObject): Promise<T | undefined>
  /** JSON merge patch (RFC 7386); fails with 409 when `resourceVersion` in the patch is not the live one. */
  patch<T extends KubeObject>(ref: ObjectRef, patch: object): Promise<T>
  /** Merge patch of the status subresource, guarded by the uid. */
  patchStatus(ref: ObjectRef, uid: string, status: object): Promise<void>
  /** Deletes with background propagation; done as well when there is none. `uid` guards against a successor of the same name. */
  delete(ref: ObjectRef, uid?: string): Promise<void>
}

/** Which objects of a kind are meant: those of one namespace or of all, with these labels or any. */
export interface Scope {
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** One page of a list; `next` is the token of the page after it. */
export interface Page {
  readonly items: readonly KubeObject[]
  readonly resourceVersion: string
  readonly next?: string
}

/** One line of a watch. A bookmark's object carries nothing but a resourceVersion and annotations. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: KubeObject
}

/** The primitives that caches are made of. Both fail with a KubeError; an ERROR line of a watch is one as well. */
export interface ListWatch {
  list(
    resource: Resource,
    scope: Scope,
    page: { readonly resourceVersion?: string; readonly limit?: number; readonly next?: string },
    signal: AbortSignal,
  ): Promise<Page>
  /** Ends when the server ends it; `initialEvents` asks for what is there first, up to the bookmark that says so. */
  watch(
    resource: Resource,
    scope: Scope,
    from: { readonly resourceVersion?: string; readonly initialEvents: boolean; readonly timeoutSeconds: number },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent>
}

/** What the watches have seen; synchronous, frozen objects. */
export interface Cache {
  get<T extends KubeObject>(ref: ObjectRef): T | undefined
  /** Objects of a kind in a namespace that carry all of these labels. */
  list<T extends KubeObject>(resource: Resource, namespace: string, labels?: Readonly<Record<string, string>>): readonly T[]
  /** Whether the cluster has the kind, which must be watched. */
  serves(resource: Resource): boolean
}

/** Announces something that changed, as a Kubernetes event of the object. Never fails, never waits. */
export interface Events {
  publish(regarding: KubeObject, event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly action: string; readonly note: string }): void
}

export type TlsMode = 'Disabled' | 'Required' | 'VerifyCA' | 'VerifyIdentity'

/** A database server and who we are on it. */
export interface MysqlTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly tls: { readonly mode: TlsMode; readonly ca?: string }
}

/** A statement: text with `?` for each value. Built by the `sql` tag of sql-template-tag. */
export interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

export interface MysqlSession {
  all<Row extends object>(statement: Statement): Promise<readonly Row[]>
  run(statement: Statement): Promise<void>
}

/** Database administration over a connection that is opened for the call and closed after it. Fails with a MysqlError (mysql/errors.ts). */
export interface Mysql {
  use<T>(target: MysqlTarget, work: (session: MysqlSession) => Promise<T>): Promise<T>
}

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** What a certificate says of itself. */
export interface CertificateFacts {
  readonly names: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
  /** SHA-256 of it (hex with colons), as clients show it. */
  readonly fingerprint: string
  /** Of the OCSP responder that nginx asks about it, where it names one. */
  readonly responderPort?: number
  /** Whether the key pair given beside it signed it. */
  readonly issuedBy: (ca: string) => Promise<boolean>
  /** Whether a private key, PEM, is its own. */
  readonly fits: (key: string) => 'Fits' | 'Differs' | 'Unreadable'
}

/** X.509 certificates (RFC 5280) of the instance's own CA. ECDSA P-256. */
export interface Pki {
  createCa(commonName: string, notBefore: Date, days: number): Promise<KeyPair>
  issue(ca: KeyPair, names: readonly string[], notBefore: Date, days: number): Promise<KeyPair>
  inspect(certificate: string): CertificateFacts
}

/** What the agent of an edge pod says of the nginx beside it. */
export interface EdgeReport {
  /** What is served. `standIn`: the agent made it itself, since there is none yet. */
  readonly certificate?: { readonly fingerprint: string; readonly notBefore?: Date; readonly notAfter: Date; readonly standIn: boolean }
  /** What nginx says of a configuration that it does not take; what ran before goes on. */
  readonly refused?: string
  /** What is wrong with the certificate that is mounted; the one before goes on. */
  readonly certificateProblem?: string
}

/** Asks the edge as a person would: TLS to the Service's address with the host as SNI and Host, chain verified. */
export interface EdgeProbe {
  /** The status of `GET /api/health`, or why there was none. `unverified`: why nobody who is trusted vouches for the certificate, which is the expected one. */
  ask(request: {
    readonly address: string
    readonly port: number
    readonly host: string
    /** Whose certificates are believed, PEM; absent = the system's. */
    readonly ca?: string
    /** The certificate that is to be served, PEM: an answer with it counts, whoever signed it. */
    readonly expected?: string
    /** http, without TLS. */
    readonly plain?: boolean
  }): Promise<{ readonly status: number; readonly unverified?: string } | { readonly failure: string }>
  /** What the agent of the edge pod at this address says, within two seconds. */
  state(request: { readonly address: string; readonly port: number }): Promise<EdgeReport | { readonly failure: string }>
}

/** Asks an API pod, on its second port, what it was started with. */
export interface ApiProbe {
  /** Names of the keys of its sessions, the one that encrypts first; undefined when it does not say so within two seconds. */
  sessionKeys(request: { readonly address: string; readonly port: number }): Promise<readonly string[] | undefined>
}

/** Everything an effect may need. */
export interface Deps {
  readonly kube: Kube
  readonly cache: Cache
  readonly events: Events
  readonly mysql: Mysql
  readonly pki: Pki
  readonly edgeProbe: EdgeProbe
  readonly apiProbe: ApiProbe
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly settings: Settings
}

/** What the operator's environment says; config.ts reads it. */
export interface Settings {
  /** Image of the operator itself, which holds the edge's agent as well. */
  readonly operatorImage: string
  /** Image of the API when an instance names none. */
  readonly apiImage: string
  /** Release of the operator and of that image. */
  readonly release: string
  /** Namespaces to look after; empty = all. */
  readonly namespaces: readonly string[]
  /** Namespace that the operator itself runs in. */
  readonly ownNamespace: string
  /** How often a settled object is looked at again for what no watch tells (database, Secrets, certificates). */
  readonly resyncSeconds: number
}
