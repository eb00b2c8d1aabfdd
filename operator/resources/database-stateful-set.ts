// The managed MariaDB server and its volume.
import type { V1Container, V1PersistentVolumeClaim, V1Probe, V1StatefulSet, V1Volume, V1VolumeMount } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { annotations, childLabels, databaseHeadlessName, databaseKeys, databaseName, databaseTlsName, ports, selectorLabels } from '../names.ts'
import { initializeScript, pingCommand } from './database-scripts.ts'
import { databasePaths, serverSettings } from './database-settings.ts'
import type { Decisions } from './index.ts'
import { childMetadata, type Manifest } from './metadata.ts'
import { configVolume, placed, resourcesOf, restrictedContainer, restrictedPod, scratchVolume, secretVolume } from './pod.ts'

const sharedMounts: V1VolumeMount[] = [
  { name: 'data', mountPath: databasePaths.volume },
  { name: 'settings', mountPath: databasePaths.settings, readOnly: true },
  { name: 'start', mountPath: databasePaths.start },
  { name: 'tmp', mountPath: '/tmp' },
]

/** Alone sees the administrator's password as a file; the server gets it in statements that only memory holds. */
const initialize = ({ spec }: FiniaInstance): V1Container => ({
  name: 'initialize',
  image: spec.database.managed.image,
  command: ['/bin/sh', `${databasePaths.settings}/initialize.sh`],
  resources: resourcesOf(spec.database.managed.resources),
  volumeMounts: [...sharedMounts, { name: 'admin', mountPath: databasePaths.admin, readOnly: true }],
  ...restrictedContainer,
})

const ping = (instance: FiniaInstance, timeoutSeconds: number, timing: Pick<V1Probe, 'periodSeconds' | 'failureThreshold'>): V1Probe => ({
  exec: { command: pingCommand(instance, timeoutSeconds) },
  timeoutSeconds: timeoutSeconds + 2,
  ...timing,
})

const server = (instance: FiniaInstance): V1Container => ({
  name: 'mariadb',
  image: instance.spec.database.managed.image,
  command: ['mariadbd', `--defaults-file=${databasePaths.settings}/server.cnf`],
  ports: [{ name: 'mysql', containerPort: ports.database, protocol: 'TCP' }],
  // Recovery after a crash may take long, and a restart would only begin it anew.
  startupProbe: ping(instance, 3, { periodSeconds: 2, failureThreshold: 1800 }),
  readinessProbe: ping(instance, 3, { periodSeconds: 5, failureThreshold: 3 }),
  // Only for a server that hangs: one that is merely slow gets three minutes.
  livenessProbe: ping(instance, 15, { periodSeconds: 20, failureThreshold: 9 }),
  resources: resourcesOf(instance.spec.database.managed.resources),
  volumeMounts: [...sharedMounts, { name: 'run', mountPath: databasePaths.run }, { name: 'tls', mountPath: databasePaths.tls, readOnly: true }],
  ...restrictedContainer,
})

const volumes = (instance: FiniaInstance): V1Volume[] => [
  configVolume('settings', databaseName(instance)),
  secretVolume('admin', databaseName(instance), [databaseKeys.admin]),
  secretVolume('tls', databaseTlsName(instance), ['tls.crt', 'tls.key']),
  { name: 'start', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
  scratchVolume('run'),
  scratchVolume('tmp'),
]

const dataClaim = (instance: FiniaInstance): V1PersistentVolumeClaim => {
  const { size, className } = instance.spec.database.managed.storage
  return {
    metadata: { name: 'data', labels: childLabels(instance.metadata.name, 'database') },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } }, ...(className && { storageClassName: className }) },
  }
}

const inputsDigest = (instance: FiniaInstance, { digest, inputs }: Decisions) =>
  digest(JSON.stringify([serverSettings(instance), initializeScript(instance), inputs.databasePasswords, inputs.databaseTls]))

export const databaseStatefulSet = (instance: FiniaInstance, decisions: Decisions): Manifest<V1StatefulSet> => {
  const metadata = childMetadata(instance, databaseName(instance), 'database')
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      replicas: 1,
      serviceName: databaseHeadlessName(instance),
      revisionHistoryLimit: 3,
      // In order, a member that does not start would block the very change that mends it.
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: instance.spec.deletionPolicy === 'Delete' ? 'Delete' : 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: selectorLabels(instance.metadata.name, 'database') },
      template: {
        metadata: { labels: metadata.labels, annotations: { [annotations.inputs]: inputsDigest(instance, decisions) } },
        spec: {
          ...restrictedPod(instance),
          ...placed(instance, 'database', instance.spec.database.managed.placement),
          terminationGracePeriodSeconds: 120,
          initContainers: [initialize(instance)],
          containers: [server(instance)],
          volumes: volumes(instance),
        },
      },
      volumeClaimTemplates: [dataClaim(instance)],
    },
  }
}
