// The pods of the managed edge: nginx, unprivileged, and the agent that tells it what to run.
import type { V1Container, V1Deployment, V1Volume } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { annotations, apiName, edgeName, keysKeys, keysName, ports, selectorLabels, tlsSecretName } from '../names.ts'
import { edgePaths } from './edge-paths.ts'
import { startScript, stopCommand } from './edge-start.ts'
import type { Decisions } from './index.ts'
import { childMetadata, type Manifest } from './metadata.ts'
import { anywhere, configVolume, httpProbe, placed, restrictedContainer, restrictedPod, scratchVolume, secretVolume } from './pod.ts'
import { isSecure } from './public-url.ts'

const nginx = (instance: FiniaInstance): V1Container => ({
  name: 'nginx',
  image: instance.spec.ingress.managed.image,
  command: ['/bin/sh', `${edgePaths.settings}/start.sh`],
  ports: [
    { name: 'http', containerPort: ports.edgeHttp, protocol: 'TCP' },
    ...(isSecure(instance) ? [{ name: 'https', containerPort: ports.edgeHttps, protocol: 'TCP' }] : []),
    { name: 'probe', containerPort: ports.edgeProbe, protocol: 'TCP' },
  ],
  // It waits for the agent, which waits for the API server.
  startupProbe: httpProbe('probe', '/healthz', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 150 }),
  readinessProbe: httpProbe('probe', '/healthz', { periodSeconds: 3, timeoutSeconds: 3, failureThreshold: 2 }),
  livenessProbe: httpProbe('probe', '/healthz', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  lifecycle: { preStop: { exec: { command: stopCommand } } },
  resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '256Mi' } },
  volumeMounts: [
    { name: 'settings', mountPath: edgePaths.settings, readOnly: true },
    { name: 'keys', mountPath: edgePaths.keys, readOnly: true },
    { name: 'exchange', mountPath: edgePaths.exchange },
    { name: 'tmp', mountPath: edgePaths.scratch },
  ],
  ...restrictedContainer,
})

const agent = (instance: FiniaInstance, image: string): V1Container => ({
  name: 'agent',
  image,
  command: ['node', '/app/edge-agent.js'],
  env: [
    { name: 'FINIA_NAMESPACE', value: instance.metadata.namespace },
    { name: 'FINIA_API_SERVICE', value: apiName(instance) },
    { name: 'NODE_OPTIONS', value: '--max-old-space-size=96' },
  ],
  ports: [{ name: 'agent', containerPort: ports.edgeAgent, protocol: 'TCP' }],
  startupProbe: httpProbe('agent', '/livez', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 }),
  livenessProbe: httpProbe('agent', '/livez', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  // As long as nginx takes requests it follows the pods of the API.
  lifecycle: { preStop: { sleep: { seconds: 15 } } },
  resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '192Mi' } },
  volumeMounts: [
    { name: 'settings', mountPath: edgePaths.settings, readOnly: true },
    ...(isSecure(instance)
      ? [
          { name: 'tls', mountPath: edgePaths.tls, readOnly: true },
          { name: 'authority', mountPath: edgePaths.authority, readOnly: true },
        ]
      : []),
    { name: 'exchange', mountPath: edgePaths.exchange },
    { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
  ],
  ...restrictedContainer,
})

/** What Kubernetes mounts by itself into every container, here for the agent's only. */
const token: V1Volume = {
  name: 'token',
  projected: {
    defaultMode: 0o440,
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
  },
}

/** One that cert-manager is still to write may be absent: the edge answers the challenge that it takes to get it. */
const certificateVolumes = (instance: FiniaInstance): V1Volume[] => {
  const secretName = tlsSecretName(instance)
  if (secretName === undefined) return []
  const items = ['tls.crt', 'tls.key'].map((key) => ({ key, path: key }))
  const optional = instance.spec.ingress.tls.mode === 'CertManager'
  return [
    { name: 'tls', secret: { secretName, defaultMode: 0o440, items, ...(optional && { optional }) } },
    { name: 'authority', secret: { secretName, defaultMode: 0o440, items: [{ key: 'ca.crt', path: 'ca.crt' }], optional: true } },
  ]
}

const volumes = (instance: FiniaInstance): V1Volume[] => [
  configVolume('settings', edgeName(instance)),
  secretVolume('keys', keysName(instance), [keysKeys.edgeKey]),
  ...certificateVolumes(instance),
  // It holds the certificate's key, which belongs on no disk.
  { name: 'exchange', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
  token,
  scratchVolume('tmp'),
]

/** Settings and certificate are taken in by the running pods, and of the keys nginx reads its own only. */
const inputsDigest = ({ digest, inputs }: Decisions) => digest(JSON.stringify([startScript, inputs.edgeKey]))

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
        metadata: { labels: metadata.labels, annotations: { [annotations.inputs]: inputsDigest(decisions) } },
        spec: {
          ...restrictedPod(instance),
          ...placed(instance, 'edge', anywhere),
          serviceAccountName: edgeName(instance),
          terminationGracePeriodSeconds: 90,
          containers: [nginx(instance), agent(instance, decisions.operatorImage)],
          volumes: volumes(instance),
        },
      },
    },
  }
}
