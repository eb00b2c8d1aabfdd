// cfg/config.yaml as data: the keys of FiniA with the defaults of its code, and our own.
import { type Static, Type } from 'typebox'

const Port = (port: number) => Type.Integer({ minimum: 1, maximum: 65535, default: port })
const Count = (count: number, minimum = 0) => Type.Integer({ minimum, default: count })
const Text = (text: string) => Type.String({ default: text })
const Flag = (flag: boolean) => Type.Boolean({ default: flag })
const List = (...items: string[]) => Type.Array(Type.String(), { default: items })

export const tlsModes = ['Disabled', 'Required', 'VerifyCA', 'VerifyIdentity'] as const
export type TlsMode = (typeof tlsModes)[number]

const Database = Type.Object({
  host: Text('localhost'),
  port: Port(3306),
  name: Text('FiniA'),
  sql_file: Text('./db/migrations/001_initial_schema.sql'),
  init_data: Text('./cfg/data.yaml'),
  net_read_timeout: Count(120, 1),
  net_write_timeout: Count(120, 1),
  max_execution_time: Count(120_000),
  ssl: Flag(false),
  ssl_ca: Text(''),
  ssl_mode: Type.Optional(Type.Unsafe<TlsMode>({ type: 'string', enum: tlsModes })),
  operations: Text('finia_ops'),
  read_from: Type.Unsafe<'Primary' | 'PreferReplica'>({ type: 'string', enum: ['Primary', 'PreferReplica'], default: 'Primary' }),
  replicas: Type.Array(Type.Object({ host: Type.String({ minLength: 1 }), port: Port(3306) }), { default: [] }),
})

const Headers = Type.Object({
  hsts_max_age: Count(31_536_000),
  hsts_include_subdomains: Flag(true),
  x_xss_protection: Flag(true),
  referrer_policy: Text('no-referrer-when-downgrade'),
})

const Cors = Type.Object({
  origins: List('http://localhost:8000', 'http://127.0.0.1:8000', 'http://localhost:3000', 'http://127.0.0.1:3000'),
  allow_credentials: Flag(true),
  allow_methods: List('GET', 'POST', 'PUT', 'DELETE'),
  allow_headers: List('Content-Type', 'Authorization'),
})

const Api = Type.Object({
  host: Text('127.0.0.1'),
  port: Port(8000),
  management_port: Port(8001),
  max_replicas: Count(1, 1),
  requests_per_minute: Count(100),
  trusted_proxies: List(),
  client_known: Flag(true),
  body_limit: Count(20_971_520),
  tls_terminated: Flag(false),
  time_zone: Text('UTC'),
  log_level: Type.Unsafe<string>({ type: 'string', enum: ['debug', 'info', 'warning', 'warn', 'error', 'critical'], default: 'info' }),
  headers: Headers,
  cors: Cors,
})

const Auth = Type.Object({
  jwt_expiry_hours: Type.Number({ exclusiveMinimum: 0, default: 24 }),
  session_timeout_seconds: Count(3600, 1),
  pool_size: Count(5, 1),
  pool_total: Count(90, 1),
  pool_idle_seconds: Count(60, 1),
  username_prefix: Text('finia_'),
  database_prefix: Text('finiaDB_'),
  max_login_attempts: Count(5),
  max_login_attempts_per_address: Count(50),
  rate_limit_window_minutes: Type.Number({ exclusiveMinimum: 0, default: 15 }),
})

const Setup = Type.Object({ token: Text(''), allow_localhost: Flag(true) })
const Import = Type.Object({ batch_size: Count(1000, 1), folder: Text('') })

export const ConfigFile = Type.Object({ database: Database, api: Api, auth: Auth, setup: Setup, import: Import })
export type ConfigFile = Static<typeof ConfigFile>
