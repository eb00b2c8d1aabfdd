// What a person writes into a FiniaInstance: one object per concern. `kubectl explain fi.spec` shows these descriptions.
import type { V1Affinity } from '@kubernetes/client-node'
import { type Static, Type } from 'typebox'
import { Choice, Duration, Group, Image, immutable, ObjectName, PodFragment, Quantity, Resources, rules, SetOf, TextMap, Tolerations } from './fields.ts'

const Placement = (description: string, topologySpread: string) =>
  Group(
    {
      nodeSelector: TextMap({ description: 'Labels that a node must carry to run these pods.', default: {} }),
      tolerations: Tolerations({ description: 'Taints of nodes that these pods tolerate, as in a pod.', default: [] }),
      affinity: PodFragment<V1Affinity>({ description: 'Affinity of these pods, as in a pod. Added to the spread, not instead of it.', default: {} }),
      topologySpread: Choice(['None', 'Preferred', 'Required'], { description: topologySpread, default: 'Preferred' }),
    },
    { description },
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
  },
  { description: 'Settings of FiniA that end up in its config.yaml.' },
)

const ApiLimits = Group(
  {
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

const Api = Group(
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
      'Whether API pods go to different nodes: not asked for (None), where possible (Preferred), or else they stay pending (Required).',
    ),
    config: ApiConfig,
    limits: ApiLimits,
    keysSecretName: Type.Optional(
      ObjectName({
        description:
          'Secret with the keys session-keys (a JWK set), edge-key and setup-token. When absent: one is generated once, named <instance>-keys. Name your own to share sessions between clusters.',
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

const ManagedEdge = Group(
  {
    replicas: Type.Integer({ minimum: 1, maximum: 20, default: 2, description: 'Number of nginx pods.' }),
    image: Image({ default: 'nginx:stable', description: 'Image of nginx, 1.25 or newer.' }),
    service: Group(
      {
        type: Choice(['ClusterIP', 'NodePort', 'LoadBalancer'], { default: 'ClusterIP', description: 'How the edge is reached from outside the cluster.' }),
        nodePorts: Group(
          {
            http: Type.Integer({ minimum: 0, maximum: 65535, default: 0, description: 'Port of every node that leads to http. 0 = Kubernetes chooses.' }),
            https: Type.Integer({ minimum: 0, maximum: 65535, default: 0, description: 'Port of every node that leads to https. 0 = Kubernetes chooses.' }),
          },
          { description: 'Fixed node ports, with type NodePort or LoadBalancer.' },
        ),
        externalHttpsPort: Type.Integer({
          minimum: 1,
          maximum: 65535,
          default: 443,
          description: 'The https port that people type: redirects from http and status.url name it.',
        }),
        externalTrafficPolicy: Choice(['Local', 'Cluster'], {
          default: 'Local',
          description:
            'With NodePort and LoadBalancer. Local keeps client addresses and answers only on nodes that run an edge pod; Cluster answers on every node and hides client addresses.',
        }),
        annotations: TextMap({ default: {}, description: 'Annotations of the Service, for example those that a cloud load balancer reads.' }),
      },
      { description: 'The Service in front of the edge.' },
    ),
  },
  { description: 'With provider Managed: the nginx that the operator runs.' },
)

const Ingress = Type.Object(
  {
    provider: Choice(['Managed', 'None'], {
      default: 'Managed',
      description:
        'Who terminates TLS and forwards to the API: an nginx that the operator runs (Managed), or nobody (None): the API is then reached by its Service only.',
    }),
    host: Type.String({
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
      maxLength: 253,
      description: 'DNS name that people type, for example finia.example.com. The certificate is made for it.',
    }),
    tls: Group(
      {
        mode: Choice(['SelfSigned'], {
          default: 'SelfSigned',
          description:
            "Where the certificate comes from. SelfSigned: from the instance's own CA, in Secret <instance>-ca; give its ca.crt to browsers and clients.",
        }),
      },
      { description: 'TLS between people and the edge. Certificates are renewed by the operator before they expire; status.tls says when.' },
    ),
    limits: Group(
      { bodySize: Quantity({ default: '20Mi', description: 'Largest request body that the edge forwards. 0 = off.' }) },
      { description: 'Limits that the edge enforces. 0 = off, everywhere.' },
    ),
    timeouts: Group(
      {
        connect: Duration({ default: '60s', description: 'How long the edge waits for a connection to an API pod.' }),
        read: Duration({ default: '60s', description: 'How long the edge waits between two reads of an answer.' }),
        send: Duration({ default: '60s', description: 'How long the edge waits between two writes of a request.' }),
      },
      { description: 'How long the edge waits for the API.' },
    ),
    hsts: Group(
      {
        maxAge: Type.Integer({ minimum: 0, maximum: 63072000, default: 31536000, description: 'Seconds for which browsers insist on https. 0 = header off.' }),
        includeSubDomains: Type.Boolean({ default: true, description: 'Whether browsers insist on https for all names below the host as well.' }),
      },
      { description: 'HTTP Strict Transport Security (RFC 6797).' },
    ),
    headers: Group(
      {
        xXssProtection: Type.Boolean({ default: true, description: "Whether to send X-XSS-Protection, which is obsolete, as FiniA's guide asks." }),
        referrerPolicy: Choice(
          [
            'no-referrer',
            'no-referrer-when-downgrade',
            'origin',
            'origin-when-cross-origin',
            'same-origin',
            'strict-origin',
            'strict-origin-when-cross-origin',
          ],
          { default: 'no-referrer-when-downgrade', description: 'Value of the header Referrer-Policy.' },
        ),
      },
      { description: 'Security headers that are a choice.' },
    ),
    managed: ManagedEdge,
  },
  { description: 'How people reach FiniA.' },
)

const ManagedDatabase = Group(
  {
    image: Image({ default: 'mariadb:10.11', description: 'Image of the server, MariaDB 10.11 or newer.' }),
    storage: Group(
      {
        size: Quantity({ default: '10Gi', description: 'Size of the volume. May grow, where the storage class allows it; never shrinks.' }),
        className: Type.String({ default: '', maxLength: 253, description: "Storage class of the volume. Empty = the cluster's default." }),
      },
      {
        description: "The server's volume.",
        ...rules(
          {
            rule: "quantity(self.size).compareTo(quantity('256Mi')) >= 0",
            message: 'spec.database.managed.storage.size must be at least 256Mi: an empty server fills most of that',
          },
          {
            rule: 'quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0',
            message: 'spec.database.managed.storage.size cannot shrink: a volume only grows. Give at least the size it had',
          },
        ),
      },
    ),
    resources: Resources({
      description: 'Requests and limits of the server. Its buffer pool and connection limit are derived from the memory limit.',
      default: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '2Gi' } },
    }),
    placement: Placement('Where the server runs.', 'Whether members of one database go to different nodes.'),
  },
  { description: 'With mode Managed: the MariaDB server that the operator runs.' },
)

const ExternalDatabase = Type.Object(
  {
    primary: Type.Object(
      {
        host: Type.String({
          minLength: 1,
          maxLength: 253,
          pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$',
          description: 'Name or address of the server.',
        }),
        port: Type.Integer({ minimum: 1, maximum: 65535, default: 3306, description: 'TCP port of the server.' }),
      },
      { description: 'The server that takes writes.' },
    ),
    adminSecretName: ObjectName({
      description:
        'Secret with keys username and password of an account that may create accounts and databases and grant on them. Only the rights it has are used.',
    }),
    cidrs: SetOf(Type.String({ maxLength: 43, pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' }), {
      default: [],
      maxItems: 50,
      description: 'Address ranges of a server outside the cluster, for the NetworkPolicy. Empty = any address, on the port above only.',
    }),
  },
  { description: 'With mode External: a server that somebody else runs.' },
)

const Database = Group(
  {
    mode: Choice(['Managed', 'External'], {
      default: 'Managed',
      description: 'Whether the operator runs the database server (Managed) or uses one that is there (External).',
    }),
    names: Group(
      {
        account: Type.String({
          pattern: '^[a-z][a-z0-9_]{0,19}$',
          maxLength: 20,
          default: 'finia_app',
          description: "Account of the API on the server; the operator's further accounts start with it. Two instances on one server need different ones.",
        }),
        operations: Type.String({
          pattern: '^[a-z][a-z0-9_]{0,39}$',
          maxLength: 40,
          default: 'finia_ops',
          description: "Database of the API's own bookkeeping (sessions, failed logins). Two instances on one server need different ones.",
        }),
      },
      { description: 'Names on the server. Cannot be changed after creation.', ...immutable('spec.database.names') },
    ),
    managed: ManagedDatabase,
    external: Type.Optional(ExternalDatabase),
    tls: Group(
      {
        mode: Choice(['Disabled', 'Required', 'VerifyCA', 'VerifyIdentity'], {
          default: 'VerifyIdentity',
          description: 'How connections to the database are protected: not at all, encrypted, encrypted to a server of the CA, or that and its name checked.',
        }),
        caSecretName: Type.Optional(
          ObjectName({
            description: "Secret whose ca.crt signs the server's certificate. When absent: the instance's own CA for Managed, the system's for External.",
          }),
        ),
      },
      { description: 'TLS between the API, the operator and the database.' },
    ),
  },
  {
    description: 'Where the data lives.',
    ...rules(
      {
        rule: "self.mode != 'External' || has(self.external)",
        message: 'spec.database.external is required with spec.database.mode External: name its primary and adminSecretName',
      },
      { rule: 'self.mode == oldSelf.mode', message: 'spec.database.mode cannot be changed after creation: data does not move by itself' },
    ),
  },
)

const NetworkPolicy = Group(
  {
    enabled: Type.Boolean({ default: true, description: 'Whether pods of the instance get policies that deny all but the flows they need.' }),
    ingressFrom: Type.Array(TextMap({ description: 'Labels of namespaces.' }), {
      default: [],
      maxItems: 20,
      'x-kubernetes-list-type': 'atomic',
      description: 'Namespaces, by labels, whose pods may call the edge, or the API with provider None. Empty = everybody may call the edge, nobody the API.',
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
