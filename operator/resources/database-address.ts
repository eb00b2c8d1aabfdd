// Where the database server of an instance is reached, the same for the operator and for the pods of the instance.
import type { FiniaInstance } from '../crd/kinds.ts'
import { databaseReadWriteName, ports } from '../names.ts'

export interface DatabaseAddress {
  readonly host: string
  readonly port: number
}

const service = (instance: FiniaInstance, name: string): string => `${name}.${instance.metadata.namespace}.svc`

/** A name without a dot is a Service beside the instance: the operator, in another namespace, must find it too. */
const whole = (instance: FiniaInstance, { host, port }: DatabaseAddress): DatabaseAddress => ({
  host: /^[^.:]+$/.test(host) ? service(instance, host) : host,
  port,
})

/** Host and port of the server that takes writes. */
export const databaseAddress = (instance: FiniaInstance): DatabaseAddress => {
  const { mode, external } = instance.spec.database
  if (mode !== 'External' || !external) return { host: service(instance, databaseReadWriteName(instance)), port: ports.database }
  return whole(instance, external.primary)
}

/** The servers that follow the primary. */
export const replicaAddresses = (instance: FiniaInstance): readonly DatabaseAddress[] => {
  const { mode, external } = instance.spec.database
  return mode === 'External' && external ? external.replicas.map((address) => whole(instance, address)) : []
}
