// What every child says about itself, and whom it belongs to.
import { apiVersion, type FiniaInstance, type FiniaUser } from '../crd/kinds.ts'
import type { KubeObject } from '../deps.ts'
import { type Component, childLabels } from '../names.ts'

/** A Kubernetes type of client-node as the plain object that is sent. */
export type Manifest<T> = Omit<T, 'apiVersion' | 'kind' | 'metadata'> & KubeObject

/** Deleting the owner deletes the child. */
export const ownerReference = (owner: FiniaInstance | FiniaUser) => ({
  apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
})

/** Metadata of a child that outlives the instance. */
export const retainedMetadata = (instance: FiniaInstance, name: string, component: Component) => ({
  name,
  namespace: instance.metadata.namespace,
  labels: childLabels(instance.metadata.name, component),
})

/** Metadata of a child that goes with the instance. */
export const childMetadata = (instance: FiniaInstance, name: string, component: Component) => ({
  ...retainedMetadata(instance, name, component),
  ownerReferences: [ownerReference(instance)],
})
