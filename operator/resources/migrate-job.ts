// Brings the schema of one user's database to the release, as the account that owns triggers.
import type { V1Job, V1PodTemplateSpec } from '@kubernetes/client-node'
import { type FiniaInstance, type FiniaUser, usernameOf } from '../crd/kinds.ts'
import { apiName, childLabels, databaseKeys, labels, migrateAccount, migrateJobName } from '../names.ts'
import { databaseSettings, paths } from './api-config-map.ts'
import { commonMounts, commonVolumes, configVariable } from './api-deployment.ts'
import type { Decisions } from './index.ts'
import { type Manifest, ownerReference } from './metadata.ts'
import { nodesFor, restrictedContainer, restrictedPod } from './pod.ts'

const jobLabels = (instance: FiniaInstance, user: FiniaUser) => ({ ...childLabels(instance.metadata.name, 'migrate'), [labels.user]: user.metadata.name })

const template = (instance: FiniaInstance, user: FiniaUser, image: string): V1PodTemplateSpec => ({
  metadata: { labels: jobLabels(instance, user) },
  spec: {
    ...restrictedPod(instance),
    ...nodesFor(instance.spec.api.placement),
    serviceAccountName: apiName(instance),
    // Never, so that each try's pod stays with what it said.
    restartPolicy: 'Never',
    containers: [
      {
        name: 'migrate',
        image,
        command: ['node', '/app/migrate.js', '--user', usernameOf(user), ...(user.spec.seed ? ['--seed'] : [])],
        env: [
          configVariable,
          { name: 'FINIA_MIGRATE_USER', value: migrateAccount(instance) },
          { name: 'FINIA_MIGRATE_PASSWORD_FILE', value: `${paths.database}/${databaseKeys.migrate}` },
        ],
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        volumeMounts: commonMounts(instance),
        ...restrictedContainer,
      },
    ],
    volumes: commonVolumes(instance, databaseKeys.migrate),
  },
})

/** A Job cannot be changed, so all that it is made of is in its name: other input, other Job. */
export const migrateJob = (instance: FiniaInstance, user: FiniaUser, { apiImage, digest }: Pick<Decisions, 'apiImage' | 'digest'>): Manifest<V1Job> => {
  const pod = template(instance, user, apiImage)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: migrateJobName(user, digest(JSON.stringify([pod, databaseSettings(instance)]))),
      namespace: user.metadata.namespace,
      labels: jobLabels(instance, user),
      ownerReferences: [ownerReference(user)],
    },
    spec: { backoffLimit: 4, activeDeadlineSeconds: 600, template: pod },
  }
}
