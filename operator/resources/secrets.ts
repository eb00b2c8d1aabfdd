// The Secrets that the operator writes: metadata and type only. Their values are made when they are written and are in no manifest.
import type { FiniaInstance, FiniaUser } from '../crd/kinds.ts'
import type { KubeObject } from '../deps.ts'
import { type Component, caName, childLabels, databaseName, databaseTlsName, keysName, labels, tlsName, userPasswordName } from '../names.ts'
import { childMetadata, ownerReference, retainedMetadata } from './metadata.ts'

type SecretManifest = KubeObject & { readonly type: 'Opaque' | 'kubernetes.io/tls' }

const secret = (metadata: KubeObject['metadata'], type: SecretManifest['type']): SecretManifest => ({ apiVersion: 'v1', kind: 'Secret', metadata, type })

/** Without it the data could not be opened: it goes only when the data goes. */
const keptWithTheData = (instance: FiniaInstance, name: string, component: Component) =>
  instance.spec.deletionPolicy === 'Delete' ? childMetadata(instance, name, component) : retainedMetadata(instance, name, component)

export const keysSecret = (instance: FiniaInstance) => secret(childMetadata(instance, keysName(instance), 'api'), 'Opaque')

export const databaseSecret = (instance: FiniaInstance) => secret(keptWithTheData(instance, databaseName(instance), 'database'), 'Opaque')

export const caSecret = (instance: FiniaInstance) => secret(keptWithTheData(instance, caName(instance), 'configuration'), 'Opaque')

export const edgeTlsSecret = (instance: FiniaInstance) => secret(childMetadata(instance, tlsName(instance), 'edge'), 'kubernetes.io/tls')

export const databaseTlsSecret = (instance: FiniaInstance) => secret(childMetadata(instance, databaseTlsName(instance), 'database'), 'kubernetes.io/tls')

export const userPasswordSecret = (user: FiniaUser) =>
  secret(
    {
      name: userPasswordName(user),
      namespace: user.metadata.namespace,
      labels: { ...childLabels(user.spec.instance, 'configuration'), [labels.user]: user.metadata.name },
      ...(user.spec.deletionPolicy === 'Delete' && { ownerReferences: [ownerReference(user)] }),
    },
    'Opaque',
  )
