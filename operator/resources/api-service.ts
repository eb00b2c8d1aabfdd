// Where the edge, and people without one, find the API. The management port is not in it: only pods are asked there.
import type { V1Service } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { apiName, selectorLabels } from '../names.ts'
import { childMetadata, type Manifest } from './metadata.ts'

export const apiService = (instance: FiniaInstance): Manifest<V1Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: childMetadata(instance, apiName(instance), 'api'),
  spec: {
    type: 'ClusterIP',
    selector: selectorLabels(instance.metadata.name, 'api'),
    ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
  },
})
