// How the operator logs in to the database server of an instance.
import type { FiniaInstance } from '../crd/kinds.ts'
import { adminAccount, databaseCaName, databaseKeys, databaseName } from '../names.ts'
import { databaseAddress } from '../resources/database-address.ts'
import type { DatabaseLogin } from './steps.ts'

function tlsOf(instance: FiniaInstance): DatabaseLogin['tls'] {
  const { mode } = instance.spec.database.tls
  const name = databaseCaName(instance)
  const verified = mode === 'VerifyCA' || mode === 'VerifyIdentity'
  return { mode, ...(verified && name !== undefined && { ca: { namespace: instance.metadata.namespace, name, key: 'ca.crt' } }) }
}

export function databaseLogin(instance: FiniaInstance): DatabaseLogin {
  const { namespace } = instance.metadata
  const { external, mode } = instance.spec.database
  if (mode === 'External' && external) {
    const secret = (key: string) => ({ namespace, name: external.adminSecretName, key })
    return { ...databaseAddress(instance), user: secret('username'), password: secret('password'), tls: tlsOf(instance) }
  }
  return {
    ...databaseAddress(instance),
    user: adminAccount(instance),
    password: { namespace, name: databaseName(instance), key: databaseKeys.admin },
    tls: tlsOf(instance),
  }
}
