// What a person writes into a FiniaInstance: one object per concern. `kubectl explain fi.spec` shows these descriptions.
import { type Static, Type } from 'typebox'
import { Api } from './api.ts'
import { Database } from './database.ts'
import { Choice, Group, ObjectName, SetOf, TextMap } from './fields.ts'
import { Ingress } from './ingress.ts'

const NetworkPolicy = Group(
  {
    enabled: Type.Boolean({ default: true, description: 'Whether pods of the instance get policies that deny all but the flows they need.' }),
    ingressFrom: Type.Array(TextMap({ description: 'Labels of namespaces.' }), {
      default: [],
      maxItems: 20,
      'x-kubernetes-list-type': 'atomic',
      description:
        'Namespaces, by labels, whose pods may call the edge, or the API with any other provider than Managed: name that of the ingress controller. Empty = everybody may call the edge, nobody the API.',
    }),
    monitoringFrom: Type.Array(TextMap({ description: 'Labels of namespaces.' }), {
      default: [],
      maxItems: 20,
      'x-kubernetes-list-type': 'atomic',
      description: 'Namespaces, by labels, whose pods may read metrics.',
    }),
  },
  { description: 'Network policies of the instance. They need a cluster network that enforces them.' },
)

export const InstanceSpec = Type.Object(
  {
    timeZone: Type.String({
      pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$',
      maxLength: 64,
      default: 'UTC',
      description: 'Name in the IANA time zone database, such as Europe/Berlin: when today begins, for planning and reports.',
    }),
    deletionPolicy: Choice(['Retain', 'Delete'], {
      default: 'Retain',
      description: "What happens to data when the instance is deleted. Retain keeps the database's volume and the Secrets that open it; Delete removes them.",
    }),
    imagePullSecrets: SetOf(ObjectName({ description: 'Name of a Secret of type kubernetes.io/dockerconfigjson.' }), {
      default: [],
      maxItems: 20,
      description: 'Secrets that open private registries, for all pods of the instance.',
    }),
    api: Api,
    ingress: Ingress,
    database: Database,
    networkPolicy: NetworkPolicy,
  },
  { description: 'What is wanted.' },
)

export type InstanceSpec = Static<typeof InstanceSpec>
export type Placement = InstanceSpec['api']['placement']
