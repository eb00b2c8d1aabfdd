// The managed server's settings and its start script, as files.
import type { V1ConfigMap } from '@kubernetes/client-node'
import type { FiniaInstance } from '../crd/kinds.ts'
import { databaseName } from '../names.ts'
import { initializeScript } from './database-scripts.ts'
import { serverSettings } from './database-settings.ts'
import { childMetadata, type Manifest } from './metadata.ts'

export const databaseConfigMap = (instance: FiniaInstance): Manifest<V1ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(instance, databaseName(instance), 'database'),
  data: { 'server.cnf': serverSettings(instance), 'initialize.sh': initializeScript(instance) },
})
