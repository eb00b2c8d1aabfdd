// The children of instances of every sort, for tests that hold something against all of them.
import type { FiniaInstance } from '../../operator/crd/kinds.ts'
import { digest } from '../../operator/digest.ts'
import { type Child, desired } from '../../operator/resources/index.ts'
import { anInstance } from '../support/instance.ts'

export const childrenOf = (instance: FiniaInstance): readonly Child[] =>
  desired(instance, {
    operatorImage: 'finia-operator:1.0.0',
    apiImage: 'finia:1.0.0',
    release: '1.0.0',
    operatorNamespace: 'finia-system',
    apiServer: [],
    digest,
    inputs: { keys: '', edgeKey: '', databasePasswords: '', databaseCa: '', databaseTls: '' },
  })

export const typicalInstances: readonly FiniaInstance[] = [
  anInstance({}),
  anInstance({ spec: { ingress: { provider: 'None' }, networkPolicy: { enabled: false } } }),
  anInstance({ spec: { ingress: { provider: 'Nginx' } } }),
  anInstance({ spec: { ingress: { provider: 'NginxF5', className: 'internal', tls: { mode: 'Disabled' } } } }),
  anInstance({ spec: { database: { mode: 'External', external: { primary: { host: 'db.example.com', port: 3306 }, adminSecretName: 'admin', cidrs: [] } } } }),
]
