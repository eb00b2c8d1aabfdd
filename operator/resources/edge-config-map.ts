// The managed edge's configuration, what its agent is told, and nginx's start script, as files.
import type { V1ConfigMap } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { edgeName } from '../names.ts'
import { startScript } from './edge-start.ts'
import { childMetadata, type Manifest } from './metadata.ts'
import { nginxConf } from './nginx/conf.ts'
import { isSecure } from './public-url.ts'

/** What the agent reads: for whom the certificate must be made, and whether it makes one of its own until there is one, so that the challenge is answered that it takes to get one. */
const agentSettings = (instance: FiniaInstance): string => {
  const { host, tls } = instance.spec.ingress
  return JSON.stringify({ host, tls: isSecure(instance), standIn: tls.mode === 'CertManager' })
}

export const edgeConfigMap = (instance: FiniaInstance): Manifest<V1ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(instance, edgeName(instance), 'edge'),
  data: { 'nginx.conf': nginxConf(instance), 'agent.json': agentSettings(instance), 'start.sh': startScript },
})
