// What a person writes about the database of an instance.
import { Type } from 'typebox'
import { Cidr } from './cidr.ts'
import { Choice, Group, Image, immutable, ObjectName, Quantity, Resources, rules, SetOf } from './fields.ts'
import { Placement } from './placement.ts'

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

const Server = (description: string) =>
  Type.Object(
    {
      host: Type.String({
        minLength: 1,
        maxLength: 253,
        pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$',
        description: 'Name or address of the server. A name without a dot is a Service in the namespace of the instance.',
      }),
      port: Type.Integer({ minimum: 1, maximum: 65535, default: 3306, description: 'TCP port of the server.' }),
    },
    { description },
  )

const ExternalDatabase = Type.Object(
  {
    primary: Server('The server that takes writes.'),
    replicas: Type.Array(Server('A server that follows the primary by GTID, with the same accounts.'), {
      default: [],
      maxItems: 10,
      description: 'Servers that follow the primary. The API reads from them when spec.database.readFrom says so; the operator does nothing with them.',
    }),
    adminSecretName: ObjectName({
      description:
        'Secret with keys username and password of an account that may create accounts and databases and grant on them. Only the rights it has are used.',
    }),
    cidrs: SetOf(Cidr('spec.database.external.cidrs'), {
      default: [],
      maxItems: 50,
      description: 'Address ranges of servers outside the cluster, for the NetworkPolicy. Empty = any address, on the ports above only.',
    }),
  },
  { description: 'With mode External: a server that somebody else runs.' },
)

export const Database = Group(
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
    readFrom: Choice(['Primary', 'PreferReplica'], {
      default: 'Primary',
      description:
        'Where the API reads: from the primary, or from a replica that has what the session has written. Clients without cookies read from the primary.',
    }),
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
