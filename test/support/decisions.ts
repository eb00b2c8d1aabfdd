// What a plan has decided, for tests of manifests. The digest is the real one: names and annotations are made of it.
import { digest } from '../../operator/digest.ts'
import type { Decisions } from '../../operator/resources/index.ts'

export const someDecisions = (changes: Partial<Decisions> = {}): Decisions => ({
  operatorImage: 'finia-operator:1.0.0',
  apiImage: 'finia:1.0.0',
  release: '1.0.0',
  operatorNamespace: 'finia-system',
  apiServer: [{ address: '192.0.2.1', port: 6443 }],
  digest,
  inputs: { keys: 'k1', edgeKey: 'e1', databasePasswords: 'p1', databaseCa: 'c1', databaseTls: 't1' },
  ...changes,
})
