// The kinds as TypeScript knows them: envelope types, group, version, plural names.
import type { OperationSpec, OperationStatus } from './operation.ts'
import type { InstanceSpec } from './spec.ts'
import type { InstanceStatus, UserStatus } from './status.ts'
import type { UserSpec } from './user.ts'

export const group = 'finia.io'
export const version = 'v1alpha1'
export const apiVersion = `${group}/${version}`

/** Metadata as the API server fills it in. */
export interface Metadata {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly generation?: number
  readonly resourceVersion?: string
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface FiniaInstance {
  readonly apiVersion: string
  readonly kind: 'FiniaInstance'
  readonly metadata: Metadata
  readonly spec: InstanceSpec
  readonly status?: InstanceStatus
}

export interface FiniaUser {
  readonly apiVersion: string
  readonly kind: 'FiniaUser'
  readonly metadata: Metadata
  readonly spec: UserSpec
  readonly status?: UserStatus
}

export interface FiniaOperation {
  readonly apiVersion: string
  readonly kind: 'FiniaOperation'
  readonly metadata: Metadata
  readonly spec: OperationSpec
  readonly status?: OperationStatus
}

/** The name a user logs in with. */
export const usernameOf = (user: FiniaUser): string => user.spec.username ?? user.metadata.name
