// Where the database server of an instance is reached, the same for the operator and for the pods of the instance.
import type { FiniaInstance } from '../crd/kinds.ts'
import { databaseReadWriteName, ports } from '../names.ts'

export interface DatabaseAddress {
  readonly host: string
  readonly port: number
}

const service = (instance: FiniaInstance, name: string): string => `${name}.${instance.metadata.namespace}.svc`

/** Host and port of the server that takes writes. A name without a dot is a Service beside the instance: the operator, in another namespace, must find it too. */
export const databaseAddress = (instance: FiniaInstance): DatabaseAddress => {
  const { mode, external } = instance.spec.database
  if (mode !== 'External' || !external) return { host: service(instance, databaseReadWriteName(instance)), port: ports.database }
  const { host, port } = external.primary
  const isAlone = /^[^.:]+$/.test(host)
  return { host: isAlone ? service(instance, host) : host, port }
}
