// Pods run under an account of their own, which has no token: they never talk to Kubernetes.
import type { V1ServiceAccount } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Component } from '../names.ts'
import { childMetadata, type Manifest } from './metadata.ts'

export const serviceAccount = (instance: FiniaInstance, name: string, component: Component): Manifest<V1ServiceAccount> => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: childMetadata(instance, name, component),
  automountServiceAccountToken: false,
})
