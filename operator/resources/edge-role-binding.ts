// What the edge's agent may do: see the EndpointSlices of its namespace. The role comes with the chart, for an operator may grant only what it has.
import type { V1RoleBinding } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { edgeName, edgeRole } from '../names.ts'
import { childMetadata, type Manifest } from './metadata.ts'

export const edgeRoleBinding = (instance: FiniaInstance): Manifest<V1RoleBinding> => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: childMetadata(instance, edgeName(instance), 'edge'),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: edgeRole },
  subjects: [{ kind: 'ServiceAccount', name: edgeName(instance), namespace: instance.metadata.namespace }],
})
