// Where people reach the managed edge.
import type { V1Service } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { edgeName, selectorLabels } from '../names.ts'
import { childMetadata, type Manifest } from './metadata.ts'
import { isSecure } from './public-url.ts'

export const edgeService = (instance: FiniaInstance): Manifest<V1Service> => {
  const { type, nodePorts, externalTrafficPolicy, annotations } = instance.spec.ingress.managed.service
  const { trustedProxies } = instance.spec.ingress
  const isExternal = type !== 'ClusterIP'
  const fixed = (nodePort: number) => (isExternal && nodePort > 0 ? { nodePort } : {})
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...childMetadata(instance, edgeName(instance), 'edge'), ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      type,
      selector: selectorLabels(instance.metadata.name, 'edge'),
      // A client meets one nginx, so that what nginx counts for it is counted once. Behind proxies all of them would meet the same one.
      sessionAffinity: trustedProxies.length > 0 ? 'None' : 'ClientIP',
      ...(isExternal && { externalTrafficPolicy }),
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', ...fixed(nodePorts.http) },
        ...(isSecure(instance) ? [{ name: 'https', port: 443, targetPort: 'https', protocol: 'TCP', ...fixed(nodePorts.https) }] : []),
      ],
    },
  }
}
