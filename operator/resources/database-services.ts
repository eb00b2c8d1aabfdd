// Where the managed database is found: the server that takes writes, and each member by its own name.
import type { V1Service } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { databaseHeadlessName, databaseReadWriteName, selectorLabels } from '../names.ts'
import { childMetadata, type Manifest } from './metadata.ts'

const databasePorts = [{ name: 'mysql', port: 3306, targetPort: 'mysql', protocol: 'TCP' }]

export const databaseReadWriteService = (instance: FiniaInstance): Manifest<V1Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: childMetadata(instance, databaseReadWriteName(instance), 'database'),
  spec: { type: 'ClusterIP', selector: selectorLabels(instance.metadata.name, 'database'), ports: databasePorts },
})

/** Members have names before they are ready: they meet each other by them. */
export const databaseHeadlessService = (instance: FiniaInstance): Manifest<V1Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: childMetadata(instance, databaseHeadlessName(instance), 'database'),
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector: selectorLabels(instance.metadata.name, 'database'),
    ports: databasePorts,
  },
})
