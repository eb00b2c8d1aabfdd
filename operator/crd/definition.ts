// The CustomResourceDefinitions: names, columns, subresources, and the rules that concern an object's own name.
import { type TSchema, Type } from 'typebox'
import type { Rule } from './fields.ts'
import { group, version } from './kinds.ts'
import { OperationSpec, OperationStatus } from './operation.ts'
import { InstanceSpec } from './spec.ts'
import { InstanceStatus, UserStatus } from './status.ts'
import { type Structural, structural } from './structural.ts'
import { UserSpec } from './user.ts'

/** A column of `kubectl get`. */
interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly jsonPath: string
  readonly description: string
  readonly priority?: number
}

/** What differs between the kinds. */
interface Kind {
  readonly kind: string
  readonly plural: string
  readonly shortName: string
  readonly categories: readonly string[]
  readonly description: string
  readonly spec: TSchema
  readonly status: TSchema
  readonly rules: readonly Rule[]
  readonly columns: readonly Column[]
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath: string }
}

const condition = (type: string) => `.status.conditions[?(@.type=="${type}")].status`
const message = {
  name: 'Message',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].message',
  description: 'What Ready says in words.',
  priority: 1,
} as const
const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since the object was created.' }

const instance: Kind = {
  kind: 'FiniaInstance',
  plural: 'finiainstances',
  shortName: 'fi',
  categories: ['finia', 'all'],
  description: 'FiniA in production: its API and web UI behind TLS, a database, and the users that FiniaUser objects name.',
  spec: InstanceSpec,
  status: InstanceStatus,
  rules: [
    {
      rule: "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$') && self.metadata.name.size() <= 40",
      message: 'metadata.name must be a DNS label of at most 40 characters that begins with a letter: Services and pods are named after it',
    },
    {
      rule: "!self.metadata.name.endsWith('-db')",
      message: "metadata.name must not end in -db: the names of such an instance's children are those of another one's database",
    },
  ],
  columns: [
    { name: 'Ready', type: 'string', jsonPath: condition('Ready'), description: 'Whether people can work with it.' },
    { name: 'Version', type: 'string', jsonPath: '.status.version', description: 'The release of FiniA that runs.' },
    { name: 'API', type: 'integer', jsonPath: '.status.api.readyReplicas', description: 'Number of API pods that answer.' },
    { name: 'Pods', type: 'integer', jsonPath: '.status.api.replicas', description: 'Number of API pods that there are.' },
    { name: 'Primary', type: 'string', jsonPath: '.status.database.primary', description: 'The database server that takes writes.' },
    { name: 'URL', type: 'string', jsonPath: '.status.url', description: 'What people type into a browser.' },
    age,
    message,
  ],
  scale: { specReplicasPath: '.spec.api.replicas', statusReplicasPath: '.status.api.replicas', labelSelectorPath: '.status.api.selector' },
}

const user: Kind = {
  kind: 'FiniaUser',
  plural: 'finiausers',
  shortName: 'fu',
  categories: ['finia'],
  description: 'A person who works with a FiniaInstance: a database account, a database of their own, and the schema in it.',
  spec: UserSpec,
  status: UserStatus,
  rules: [
    {
      rule: "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$') && self.metadata.name.size() <= 40",
      message: 'metadata.name must be a DNS label of at most 40 characters: a Secret and Jobs are named after it',
    },
    {
      rule: "has(self.spec.username) || self.metadata.name.matches('^[a-z0-9][a-z0-9_]{0,31}$')",
      message: 'metadata.name is no valid user name (at most 32 small letters and digits, no dash): set spec.username',
    },
  ],
  columns: [
    { name: 'Ready', type: 'string', jsonPath: condition('Ready'), description: 'Whether the person can log in and work.' },
    { name: 'User', type: 'string', jsonPath: '.status.username', description: 'The name that the person logs in with.' },
    { name: 'Database', type: 'string', jsonPath: '.status.database', description: "The user's database." },
    { name: 'Schema', type: 'string', jsonPath: '.status.schemaVersion', description: "Version of the database's schema." },
    { name: 'Instance', type: 'string', jsonPath: '.spec.instance', description: 'The FiniaInstance that the user belongs to.' },
    age,
    message,
  ],
}

const operation: Kind = {
  kind: 'FiniaOperation',
  plural: 'finiaoperations',
  shortName: 'fo',
  categories: ['finia'],
  description: 'One act on a FiniaInstance, done once.',
  spec: OperationSpec,
  status: OperationStatus,
  rules: [],
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.type', description: 'The act.' },
    { name: 'Instance', type: 'string', jsonPath: '.spec.instance', description: 'The FiniaInstance that it concerns.' },
    { name: 'State', type: 'string', jsonPath: '.status.state', description: 'Pending, Running, Succeeded or Failed.' },
    { name: 'Step', type: 'string', jsonPath: '.status.step', description: 'The step it is at, or was at when it ended.' },
    age,
    message,
  ],
}

const openApi = (kind: Kind): Structural => ({
  ...structural(
    Type.Object(
      {
        apiVersion: Type.Optional(Type.String({ description: `Always ${group}/${version}.` })),
        kind: Type.Optional(Type.String({ description: `Always ${kind.kind}.` })),
        spec: kind.spec,
        status: Type.Optional(kind.status),
      },
      { description: kind.description, 'x-kubernetes-validations': kind.rules },
    ),
    kind.kind,
  ),
})

const definition = (kind: Kind) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: {
      kind: kind.kind,
      listKind: `${kind.kind}List`,
      plural: kind.plural,
      singular: kind.kind.toLowerCase(),
      shortNames: [kind.shortName],
      categories: kind.categories,
    },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: openApi(kind) },
        subresources: { status: {}, ...(kind.scale && { scale: kind.scale }) },
        additionalPrinterColumns: kind.columns,
      },
    ],
  },
})

export type Definition = ReturnType<typeof definition>

/** Every CustomResourceDefinition of ours. */
export const definitions: readonly Definition[] = [definition(instance), definition(user), definition(operation)]
