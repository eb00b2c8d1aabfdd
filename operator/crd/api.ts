// What a person writes about the API of an instance.
import { Type } from 'typebox'
import { Duration, Group, Image, immutable, ObjectName, Quantity, Resources, rules, SetOf } from './fields.ts'
import { Placement } from './placement.ts'

const FolderImport = Group(
  {
    enabled: Type.Boolean({
      default: false,
      description: 'Whether a user may have bank files read from folders of their own, those below imports/<user name>, beside uploading them.',
    }),
    volumeClaim: Type.Optional(
      ObjectName({
        description:
          'PersistentVolumeClaim, in the same namespace, that holds a folder for each user. Mounted read-only at /app/imports of every API pod, so its access mode must allow for several nodes (ReadOnlyMany or ReadWriteMany), and its files must be readable for the group 1000 or for everybody.',
      }),
    ),
  },
  {
    description: 'Import of bank files from folders.',
    ...rules({
      rule: '!self.enabled || has(self.volumeClaim)',
      message: 'spec.api.config.folderImport.enabled needs spec.api.config.folderImport.volumeClaim: name the PersistentVolumeClaim with the files',
    }),
  },
)

const ApiConfig = Group(
  {
    databasePrefix: Type.String({
      pattern: '^[A-Za-z0-9_]{1,32}$',
      maxLength: 32,
      default: 'finiaDB_',
      description: "What every user's database name starts with: user john has database finiaDB_john. Cannot be changed after creation.",
      ...immutable('spec.api.config.databasePrefix'),
    }),
    usernamePrefix: Type.String({
      pattern: '^[a-z0-9_]{0,16}$',
      maxLength: 16,
      default: '',
      description: 'What every user name starts with and the database name leaves out. Cannot be changed after creation.',
      ...immutable('spec.api.config.usernamePrefix'),
    }),
    sessionTimeout: Duration({ default: '1h', description: 'A session that nobody used for this long ends.' }),
    tokenLifetime: Duration({ default: '24h', description: 'A session ends this long after its login, used or not.' }),
    corsOrigins: SetOf(Type.String({ pattern: '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$', maxLength: 300 }), {
      default: [],
      maxItems: 50,
      description: 'Exact origins, such as https://app.example.com, whose pages may call the API with credentials. The web UI itself needs none.',
    }),
    folderImport: FolderImport,
  },
  { description: 'Settings of FiniA that end up in its config.yaml.' },
)

const ApiLimits = Group(
  {
    requestsPerMinute: Type.Integer({
      minimum: 0,
      maximum: 100000,
      default: 100,
      description:
        'Requests that one client address may send in a minute to all pods together; the others are answered 429. Where the address cannot be known, sessions and accounts are counted. 0 = off.',
    }),
    loginFailures: Group(
      {
        perAccount: Type.Integer({
          minimum: 0,
          maximum: 1000,
          default: 5,
          description: 'Failed logins for one user name within the lock-out time before it is locked. 0 = off.',
        }),
        perAddress: Type.Integer({
          minimum: 0,
          maximum: 100000,
          default: 50,
          description: 'Failed logins from one client address within the lock-out time before it is locked. 0 = off.',
        }),
        lockout: Duration({ default: '15m', description: 'How far back failures count, and so how long a lock lasts.' }),
      },
      { description: 'Locks out who guesses passwords. All replicas count together.' },
    ),
    bodySize: Quantity({ default: '20Mi', description: 'Largest request body that the API accepts, for example a CSV file. 0 = off.' }),
  },
  { description: 'Limits that the API itself enforces, whatever stands in front of it. 0 = off, everywhere.' },
)

export const Api = Group(
  {
    image: Type.Optional(Image({ description: "Image of the API, its web UI and its migrations. When absent: the one of the operator's own release." })),
    replicas: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'Number of API pods. 3 when absent. kubectl scale and an autoscaler write this field.' }),
    ),
    resources: Resources({
      description: 'Requests and limits of each API pod. Given in part, the rest is absent, not the default.',
      default: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '2', memory: '2Gi' } },
    }),
    placement: Placement(
      'Where API pods run.',
      'Whether API pods are spread evenly over nodes: not asked for (None), where possible (Preferred), or else they stay pending (Required). Zones where possible.',
    ),
    config: ApiConfig,
    limits: ApiLimits,
    keysSecretName: Type.Optional(
      ObjectName({
        description:
          'Secret with the keys session-keys (a JWK set), edge-key and setup-token, and operator-key if a switch of the primary is to hold requests back. When absent: one is generated once, named <instance>-keys. Name your own to share sessions between clusters.',
      }),
    ),
    connections: Group(
      {
        perUser: Type.Integer({ minimum: 1, maximum: 20, default: 2, description: 'Database connections that one pod opens for one user at most.' }),
        total: Type.Integer({
          minimum: 1,
          maximum: 10000,
          default: 90,
          description: "Connections to one database server over all pods, which divide it. MariaDB's own limit is 151.",
        }),
        idle: Duration({ default: '60s', description: 'A connection that nobody used for this long is closed.' }),
      },
      { description: 'Bounds on connections to the database; requests beyond them wait.' },
    ),
  },
  { description: 'The FiniA API, which also serves the web UI.' },
)
