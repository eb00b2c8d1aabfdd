// The pods of the API. What is mounted where is the seam between the operator and the API (docs/decisions/0002).
import type { V1Container, V1Deployment, V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import {
  annotations,
  apiAccount,
  apiName,
  configName,
  databaseCaName,
  databaseKeys,
  databaseName,
  keysKeys,
  keysName,
  labels,
  ports,
  selectorLabels,
} from '../names.ts'
import { apiReplicas, configText, maxSurge, paths } from './api-config-map.ts'
import type { Decisions } from './index.ts'
import { childMetadata, type Manifest } from './metadata.ts'
import { configVolume, httpProbe, placed, readOnlyClaim, resourcesOf, restrictedContainer, restrictedPod, scratchVolume, secretVolume } from './pod.ts'

/** Files that every program of the image reads, whoever runs it. */
export const commonVolumes = (instance: FiniaInstance, passwordKey: string): V1Volume[] => {
  const ca = databaseCaName(instance)
  return [
    configVolume('config', configName(instance)),
    secretVolume('database', databaseName(instance), [passwordKey]),
    ...(ca ? [secretVolume('database-ca', ca, ['ca.crt'])] : []),
    scratchVolume('tmp'),
  ]
}

export const commonMounts = (instance: FiniaInstance): V1VolumeMount[] => [
  { name: 'config', mountPath: paths.config, readOnly: true },
  { name: 'database', mountPath: paths.database, readOnly: true },
  ...(databaseCaName(instance) ? [{ name: 'database-ca', mountPath: paths.databaseCa, readOnly: true }] : []),
  { name: 'tmp', mountPath: '/tmp' },
]

export const configVariable: V1EnvVar = { name: 'FINIA_CONFIG', value: `${paths.config}/config.yaml` }

/** The edge's key is of use only with an edge of ours, and a key ring of a person's own may lack it. */
const mountedKeys = (instance: FiniaInstance) => [
  keysKeys.sessionKeys,
  keysKeys.setupToken,
  ...(instance.spec.ingress.provider === 'Managed' ? [keysKeys.edgeKey] : []),
  ...(instance.spec.api.keysSecretName ? [] : [keysKeys.operatorKey]),
]

/** A Secret of a person's own may lack this key: then there is no pause. A volume would not be mounted without it. */
const operatorKey = (instance: FiniaInstance): V1EnvVar =>
  instance.spec.api.keysSecretName
    ? { name: 'FINIA_OPERATOR_KEY', valueFrom: { secretKeyRef: { name: keysName(instance), key: keysKeys.operatorKey, optional: true } } }
    : { name: 'FINIA_OPERATOR_KEY_FILE', value: `${paths.keys}/${keysKeys.operatorKey}` }

const environment = (instance: FiniaInstance): V1EnvVar[] => [
  configVariable,
  { name: 'FINIA_SESSION_KEYS_FILE', value: `${paths.keys}/${keysKeys.sessionKeys}` },
  { name: 'FINIA_SETUP_TOKEN_FILE', value: `${paths.keys}/${keysKeys.setupToken}` },
  ...(instance.spec.ingress.provider === 'Managed' ? [{ name: 'FINIA_EDGE_KEY_FILE', value: `${paths.keys}/${keysKeys.edgeKey}` }] : []),
  operatorKey(instance),
  { name: 'FINIA_DEPLOYMENT', value: apiName(instance) },
  { name: 'FINIA_SERVICE_USER', value: apiAccount(instance) },
  { name: 'FINIA_SERVICE_PASSWORD_FILE', value: `${paths.database}/${databaseKeys.api}` },
]

/** The users' folders, for those who let files be read from there. */
const imports = ({ spec }: FiniaInstance): readonly V1Volume[] => {
  const { enabled, volumeClaim } = spec.api.config.folderImport
  return enabled && volumeClaim ? [readOnlyClaim('imports', volumeClaim)] : []
}

const container = (instance: FiniaInstance, image: string): V1Container => ({
  name: 'api',
  image,
  command: ['node', '/app/api.js'],
  env: environment(instance),
  ports: [
    { name: 'http', containerPort: ports.api, protocol: 'TCP' },
    { name: 'management', containerPort: ports.management, protocol: 'TCP' },
  ],
  // Whether the process has started, not whether its database has: it waits for that one, and a restart would not help.
  startupProbe: httpProbe('management', '/livez', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 }),
  readinessProbe: httpProbe('management', '/readyz', { periodSeconds: 3, timeoutSeconds: 3, failureThreshold: 2 }),
  livenessProbe: httpProbe('management', '/livez', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  // Time for every proxy to learn that the pod is leaving, before it is told to stop.
  lifecycle: { preStop: { sleep: { seconds: 15 } } },
  resources: resourcesOf(instance.spec.api.resources),
  volumeMounts: [
    ...commonMounts(instance),
    { name: 'keys', mountPath: paths.keys, readOnly: true },
    ...imports(instance).map(({ name }) => ({ name, mountPath: paths.imports, readOnly: true })),
  ],
  ...restrictedContainer,
})

const inputsDigest = (instance: FiniaInstance, { digest, inputs }: Decisions) =>
  digest(JSON.stringify([configText(instance), inputs.keys, inputs.databasePasswords, inputs.databaseCa]))

export const apiDeployment = (instance: FiniaInstance, decisions: Decisions): Manifest<V1Deployment> => {
  const selector = selectorLabels(instance.metadata.name, 'api')
  const metadata = childMetadata(instance, apiName(instance), 'api')
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    // An image of somebody's own has a release that we do not know.
    metadata: { ...metadata, labels: { ...metadata.labels, ...(!instance.spec.api.image && { [labels.version]: decisions.release }) } },
    spec: {
      replicas: apiReplicas(instance),
      revisionHistoryLimit: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: 0 } },
      selector: { matchLabels: selector },
      template: {
        metadata: {
          labels: metadata.labels,
          annotations: { [annotations.inputs]: inputsDigest(instance, decisions), [annotations.keys]: decisions.inputs.keys },
        },
        spec: {
          ...restrictedPod(instance),
          ...placed(instance, 'api', instance.spec.api.placement),
          serviceAccountName: apiName(instance),
          // Longer than preStop and the longest request together.
          terminationGracePeriodSeconds: 90,
          containers: [container(instance, decisions.apiImage)],
          volumes: [...commonVolumes(instance, databaseKeys.api), secretVolume('keys', keysName(instance), mountedKeys(instance)), ...imports(instance)],
        },
      },
    },
  }
}
