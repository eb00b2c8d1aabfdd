// The pods of the managed edge: nginx, unprivileged.
import type { V1Container, V1Deployment } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { annotations, edgeName, keysKeys, keysName, ports, selectorLabels, tlsName } from '../names.ts'
import { startScript, stopCommand } from './edge-start.ts'
import type { Decisions } from './index.ts'
import { childMetadata, type Manifest } from './metadata.ts'
import { edgePaths, nginxConf } from './nginx-conf.ts'
import { anywhere, configVolume, httpProbe, placed, restrictedContainer, restrictedPod, scratchVolume, secretVolume } from './pod.ts'

const nginx = (instance: FiniaInstance): V1Container => ({
  name: 'nginx',
  image: instance.spec.ingress.managed.image,
  command: ['/bin/sh', `${edgePaths.settings}/start.sh`],
  ports: [
    { name: 'http', containerPort: ports.edgeHttp, protocol: 'TCP' },
    { name: 'https', containerPort: ports.edgeHttps, protocol: 'TCP' },
    { name: 'probe', containerPort: ports.edgeProbe, protocol: 'TCP' },
  ],
  // It waits for the name of the API's Service.
  startupProbe: httpProbe('probe', '/healthz', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 150 }),
  readinessProbe: httpProbe('probe', '/healthz', { periodSeconds: 3, timeoutSeconds: 3, failureThreshold: 2 }),
  livenessProbe: httpProbe('probe', '/healthz', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  lifecycle: { preStop: { exec: { command: stopCommand } } },
  resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '256Mi' } },
  volumeMounts: [
    { name: 'settings', mountPath: edgePaths.settings, readOnly: true },
    { name: 'keys', mountPath: edgePaths.keys, readOnly: true },
    { name: 'tls', mountPath: edgePaths.tls, readOnly: true },
    { name: 'tmp', mountPath: edgePaths.scratch },
  ],
  ...restrictedContainer,
})

const inputsDigest = (instance: FiniaInstance, { digest, inputs }: Decisions) =>
  digest(JSON.stringify([nginxConf(instance), startScript(instance), inputs.edgeTls, inputs.keys]))

export const edgeDeployment = (instance: FiniaInstance, decisions: Decisions): Manifest<V1Deployment> => {
  const metadata = childMetadata(instance, edgeName(instance), 'edge')
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: instance.spec.ingress.managed.replicas,
      revisionHistoryLimit: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: selectorLabels(instance.metadata.name, 'edge') },
      template: {
        metadata: { labels: metadata.labels, annotations: { [annotations.inputs]: inputsDigest(instance, decisions) } },
        spec: {
          ...restrictedPod(instance),
          ...placed(instance, 'edge', anywhere),
          serviceAccountName: edgeName(instance),
          terminationGracePeriodSeconds: 90,
          containers: [nginx(instance)],
          volumes: [
            configVolume('settings', edgeName(instance)),
            secretVolume('keys', keysName(instance), [keysKeys.edgeKey]),
            secretVolume('tls', tlsName(instance), ['tls.crt', 'tls.key']),
            scratchVolume('tmp'),
          ],
        },
      },
    },
  }
}
