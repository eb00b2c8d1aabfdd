// All children of an instance, in the order in which they are applied.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { KubeObject, Resource } from '../deps.ts'

/** What a plan has decided and a manifest needs to know beside the instance. */
export interface Decisions {
  /** Image of the API. */
  readonly apiImage: string
  /** Release of FiniA, for labels. */
  readonly release: string
  /** Namespace of the operator, which policies let in. */
  readonly operatorNamespace: string
  /** A short hash of a text (hex), for names and for annotations that restart pods. */
  readonly digest: (text: string) => string
  /** Digests of what pods read at their start: a change restarts them. */
  readonly inputs: {
    readonly keys: string
    readonly databasePasswords: string
    readonly databaseCa: string
    readonly databaseTls: string
    readonly edgeTls: string
  }
}

/** A manifest and where it goes. */
export interface Child {
  readonly resource: Resource
  readonly manifest: KubeObject
}

export const desired = (_instance: FiniaInstance, _decisions: Decisions): readonly Child[] => []
