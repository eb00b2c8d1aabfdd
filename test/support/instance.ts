// A FiniaInstance, a FiniaUser and a FiniaOperation as the API server would give them back: what a test does not say has the schema's defaults.
import { Value } from 'typebox/value'
import { apiVersion, type FiniaInstance, type FiniaOperation, type FiniaUser, type Metadata } from '../../operator/crd/kinds.ts'
import { OperationSpec, type OperationStatus } from '../../operator/crd/operation.ts'
import { InstanceSpec } from '../../operator/crd/spec.ts'
import type { InstanceStatus, UserStatus } from '../../operator/crd/status.ts'
import { UserSpec } from '../../operator/crd/user.ts'

/** Any part of T; a list is given whole. */
export type Part<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [Key in keyof T]?: Part<T[Key]> } : T

type About<Spec, Status> = Partial<Omit<Metadata, 'namespace'>> & { readonly namespace?: string; readonly spec?: Part<Spec>; readonly status?: Status }

const metadataOf = (about: Partial<Metadata>, name: string): Metadata => ({
  name,
  namespace: 'finance',
  uid: `uid-of-${about.name ?? name}`,
  generation: 1,
  ...about,
})

export const anInstance = ({ spec, status, ...metadata }: About<InstanceSpec, InstanceStatus> = {}): FiniaInstance => ({
  apiVersion,
  kind: 'FiniaInstance',
  metadata: metadataOf(metadata, 'home'),
  spec: Value.Parse(InstanceSpec, Value.Default(InstanceSpec, structuredClone({ ...spec, ingress: { host: 'finia.example.com', ...spec?.ingress } }))),
  ...(status && { status }),
})

export const aUser = ({ spec, status, ...metadata }: About<UserSpec, UserStatus> = {}): FiniaUser => ({
  apiVersion,
  kind: 'FiniaUser',
  metadata: metadataOf(metadata, 'john'),
  spec: Value.Parse(UserSpec, Value.Default(UserSpec, structuredClone({ instance: 'home', ...spec }))),
  ...(status && { status }),
})

export const anOperation = ({ spec, status, ...metadata }: About<OperationSpec, OperationStatus> = {}): FiniaOperation => ({
  apiVersion,
  kind: 'FiniaOperation',
  metadata: { creationTimestamp: '2026-01-01T12:00:00Z', ...metadataOf(metadata, 'act') },
  spec: Value.Parse(OperationSpec, Value.Default(OperationSpec, structuredClone({ instance: 'home', type: 'RotateKeys', ...spec }))),
  ...(status && { status }),
})
