// What the operator says about an instance and a user: facts, as observed.
import { type Static, Type } from 'typebox'
import { Choice } from './fields.ts'

const Condition = Type.Object(
  {
    type: Type.String({ description: 'What the condition is about.' }),
    status: Choice(['True', 'False', 'Unknown'], { description: 'Whether it holds.' }),
    observedGeneration: Type.Optional(Type.Integer({ description: 'The generation of the spec that this speaks of.' })),
    lastTransitionTime: Type.String({ format: 'date-time', description: 'When status last changed.' }),
    reason: Type.String({ description: 'One word, in CamelCase, for programs.' }),
    message: Type.String({ description: 'A sentence for people; when something is wrong it ends with what to do.' }),
  },
  { description: 'One thing that is or is not so.' },
)

export const conditions = Type.Array(Condition, {
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  description: 'What is so. Ready sums up; Reconciling and Stalled are there only while they are true; the others explain.',
})

/** In the order in which status.ingress.enforcement lists them. */
export const protections = [
  'RequestRateLimit',
  'LoginRateLimit',
  'SecurityHeaders',
  'HSTS',
  'ContentSecurityPolicy',
  'TLSVersions',
  'TLSCiphers',
  'OCSPStapling',
  'HTTPSRedirect',
  'WebSocket',
  'Timeouts',
  'CORS',
  'BodySize',
  'StaticCaching',
  'Compression',
  'LoadBalancing',
  'ClientAddress',
] as const

export const Enforcement = Type.Object(
  {
    protection: Choice(protections, { description: 'What people are protected by, or served better with.' }),
    by: Choice(['Edge', 'API', 'Unsupported'], { description: 'Who does it; Unsupported: nobody that FiniA can tell what to do.' }),
    detail: Type.String({ description: 'How, and where its limits are.' }),
  },
  { description: 'A protection, and who enforces it.' },
)

export const observedGeneration = Type.Optional(Type.Integer({ description: 'The generation of the spec that this status speaks of.' }))

export const InstanceStatus = Type.Object(
  {
    observedGeneration,
    url: Type.Optional(Type.String({ description: 'What people type into a browser.' })),
    version: Type.Optional(Type.String({ description: 'The release of FiniA that runs.' })),
    api: Type.Optional(
      Type.Object(
        {
          replicas: Type.Integer({ description: 'Number of API pods.' }),
          readyReplicas: Type.Integer({ description: 'Number of API pods that answer.' }),
          selector: Type.String({ description: 'Labels of the API pods, as an autoscaler reads them.' }),
        },
        { description: 'The API as it runs.' },
      ),
    ),
    ingress: Type.Optional(
      Type.Object(
        {
          enforcement: Type.Array(Enforcement, {
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['protection'],
            description: 'For each protection: where it is enforced.',
          }),
        },
        { description: 'The edge as it is configured.' },
      ),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          notAfter: Type.Optional(Type.String({ format: 'date-time', description: "When the edge's certificate expires." })),
          renewAt: Type.Optional(Type.String({ format: 'date-time', description: 'When the operator renews it.' })),
        },
        { description: "The edge's certificate." },
      ),
    ),
    database: Type.Optional(
      Type.Object(
        {
          primary: Type.Optional(Type.String({ description: 'The server that takes writes: a pod, or host:port of an external one.' })),
          serverVersion: Type.Optional(Type.String({ description: 'Version as the server tells it.' })),
        },
        { description: 'The database as it runs.' },
      ),
    ),
    users: Type.Optional(
      Type.Object(
        {
          total: Type.Integer({ description: 'Number of FiniaUser objects of this instance.' }),
          ready: Type.Integer({ description: 'Number of them that are ready.' }),
        },
        { description: 'The users of the instance.' },
      ),
    ),
    conditions: Type.Optional(conditions),
  },
  { description: 'What is so, written by the operator.' },
)

export const UserStatus = Type.Object(
  {
    observedGeneration,
    username: Type.Optional(Type.String({ description: 'The name that the person logs in with.' })),
    database: Type.Optional(Type.String({ description: "The user's database." })),
    schemaVersion: Type.Optional(Type.String({ description: "Version of the database's schema." })),
    passwordSecret: Type.Optional(Type.String({ description: 'Secret that holds the password in force, when the operator knows it.' })),
    conditions: Type.Optional(conditions),
  },
  { description: 'What is so, written by the operator.' },
)

export type Condition = Static<typeof Condition>
export type InstanceStatus = Static<typeof InstanceStatus>
export type Enforcement = Static<typeof Enforcement>
export type UserStatus = Static<typeof UserStatus>
