// The environment and the text of config.yaml become settings, or the list of everything that is wrong with them. Pure.
import { parse } from 'yaml'
import { type KeyRing, readKeyRing } from './auth/key-ring.ts'
import { meaningProblems } from './config-problems.ts'
import { ConfigFile, type TlsMode } from './config-schema.ts'
import { read } from './validation/read.ts'

export interface Account {
  readonly user: string
  readonly password: string
}

export interface Settings {
  readonly api: {
    readonly host: string
    readonly port: number
    readonly managementPort: number
    readonly maxReplicas: number
    /** Of one client, over all replicas; 0 = off. */
    readonly requestsPerMinute: number
    /** Networks of proxies that say who the client is. */
    readonly trustedProxies: readonly string[]
    /** Whether the address that a request comes from is its client's. */
    readonly clientKnown: boolean
    readonly bodyLimit: number
    readonly tlsTerminated: boolean
    /** IANA name: where it is decided which day is today. */
    readonly timeZone: string
    readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
    readonly headers: { readonly hstsMaxAge: number; readonly hstsIncludeSubdomains: boolean; readonly xssProtection: boolean; readonly referrerPolicy: string }
    readonly cors: {
      readonly origins: readonly string[]
      readonly allowCredentials: boolean
      readonly allowMethods: readonly string[]
      readonly allowHeaders: readonly string[]
    }
  }
  readonly database: {
    readonly host: string
    readonly port: number
    readonly tls: { readonly mode: TlsMode; readonly caFile: string }
    readonly operations: string
    readonly readFrom: 'Primary' | 'PreferReplica'
    /** Servers that follow the primary. */
    readonly replicas: readonly { readonly host: string; readonly port: number }[]
    /** What is set up when nobody names a database, and the name of the file that FiniA would run for it. */
    readonly name: string
    readonly sqlFile: string
    readonly initData: string
    readonly netReadTimeout: number
    readonly netWriteTimeout: number
    /** Milliseconds that a statement may take. */
    readonly maxExecutionTime: number
  }
  readonly auth: {
    readonly expirySeconds: number
    readonly idleSeconds: number
    readonly poolSize: number
    readonly poolTotal: number
    readonly poolIdleSeconds: number
    readonly usernamePrefix: string
    readonly databasePrefix: string
    readonly maxLoginAttempts: number
    readonly maxLoginAttemptsPerAddress: number
    readonly windowSeconds: number
  }
  readonly setup: { readonly token: string; readonly allowLocalhost: boolean }
  /** folder: where each user's folder with files to import is; empty = folders are not imported. */
  readonly import: { readonly batchSize: number; readonly folder: string }
  /** Absent: made for the life of the process. */
  readonly keyRing?: KeyRing
  /** Absent: nobody's word about a client's address is believed. */
  readonly edgeKey?: string
  /** Absent: nobody can hold work on the database back. */
  readonly operatorKey?: string
  /** The replicas of which Deployment divide the requests of a client. */
  readonly deployment: string
  /** Absent: sessions and failed logins are kept in memory. */
  readonly service?: Account
  readonly migrate?: Account
}

export type Environment = Readonly<Record<string, string | undefined>>
export type Configuration = { readonly settings: Settings } | { readonly problems: readonly string[] }

type Sections = Record<string, Record<string, unknown>>
const isSection = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const readYaml = (text: string): { sections: Sections; problems: readonly string[] } => {
  try {
    const file: unknown = parse(text)
    return isSection(file)
      ? { sections: file as Sections, problems: [] }
      : { sections: {}, problems: ['config.yaml holds no sections; it needs at least "database:", "api:" and "auth:".'] }
  } catch (cause) {
    return { sections: {}, problems: [`config.yaml is not YAML: ${String(cause).split('\n')[0]}`] }
  }
}

const overrides = [
  ['DB_HOST', 'database', 'host'],
  ['DB_PORT', 'database', 'port'],
  ['API_HOST', 'api', 'host'],
  ['API_PORT', 'api', 'port'],
  ['API_RATE_LIMIT', 'api', 'requests_per_minute'],
] as const

/** The file with what the environment says on top, and empty sections where leaving them out means the defaults. */
const merged = (sections: Sections, environment: Environment): Sections => {
  const from = (section: string) =>
    Object.fromEntries(overrides.flatMap(([name, of, key]) => (of === section && environment[name] ? [[key, environment[name]]] : [])))
  const optional = (section: unknown) => section ?? {}
  return {
    ...sections,
    setup: optional(sections.setup) as Record<string, unknown>,
    import: optional(sections.import) as Record<string, unknown>,
    ...(isSection(sections.database) && { database: { ...sections.database, ...from('database') } }),
    ...(isSection(sections.api) && { api: { ...sections.api, headers: optional(sections.api.headers), cors: optional(sections.api.cors), ...from('api') } }),
  }
}

const whereFrom = (loc: readonly (string | number)[]): string =>
  overrides.find(([, section, key]) => loc[0] === section && loc[1] === key)?.[0].concat(` (or ${loc.join('.')} in config.yaml)`) ??
  `${loc.join('.')} in config.yaml`

const account = (environment: Environment, name: string): { account?: Account; problems: readonly string[] } => {
  const user = environment[`FINIA_${name}_USER`]
  const password = environment[`FINIA_${name}_PASSWORD`]
  if (user && password) return { account: { user, password }, problems: [] }
  const missing = user ? 'PASSWORD' : 'USER'
  return user || password
    ? { problems: [`FINIA_${name}_${missing} is missing beside FINIA_${name}_${user ? 'USER' : 'PASSWORD'}; set both, or neither.`] }
    : { problems: [] }
}

const levels: Readonly<Record<string, Settings['api']['logLevel']>> = {
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  warn: 'warn',
  error: 'error',
  critical: 'error',
}

const apiSettings = ({ api }: ConfigFile): Settings['api'] => ({
  host: api.host,
  port: api.port,
  managementPort: api.management_port,
  maxReplicas: api.max_replicas,
  requestsPerMinute: api.requests_per_minute,
  trustedProxies: api.trusted_proxies,
  clientKnown: api.client_known,
  bodyLimit: api.body_limit,
  tlsTerminated: api.tls_terminated,
  timeZone: api.time_zone,
  logLevel: levels[api.log_level] ?? 'info',
  headers: {
    hstsMaxAge: api.headers.hsts_max_age,
    hstsIncludeSubdomains: api.headers.hsts_include_subdomains,
    xssProtection: api.headers.x_xss_protection,
    referrerPolicy: api.headers.referrer_policy,
  },
  cors: {
    origins: api.cors.origins,
    allowCredentials: api.cors.allow_credentials,
    allowMethods: api.cors.allow_methods,
    allowHeaders: api.cors.allow_headers,
  },
})

const databaseSettings = ({ database }: ConfigFile): Settings['database'] => ({
  host: database.host,
  port: database.port,
  tls: { mode: database.ssl_mode ?? (database.ssl ? 'VerifyIdentity' : 'Disabled'), caFile: database.ssl_ca },
  operations: database.operations,
  readFrom: database.read_from,
  replicas: database.replicas,
  name: database.name,
  sqlFile: database.sql_file,
  initData: database.init_data,
  netReadTimeout: database.net_read_timeout,
  netWriteTimeout: database.net_write_timeout,
  maxExecutionTime: database.max_execution_time,
})

const authSettings = ({ api, auth }: ConfigFile): Settings['auth'] => ({
  expirySeconds: Math.round(auth.jwt_expiry_hours * 3600),
  idleSeconds: auth.session_timeout_seconds,
  poolSize: auth.pool_size,
  poolTotal: auth.pool_total,
  poolIdleSeconds: auth.pool_idle_seconds,
  usernamePrefix: auth.username_prefix,
  databasePrefix: auth.database_prefix,
  maxLoginAttempts: auth.max_login_attempts,
  // an address that many people share would lock out all of them
  maxLoginAttemptsPerAddress: api.client_known ? auth.max_login_attempts_per_address : 0,
  windowSeconds: Math.round(auth.rate_limit_window_minutes * 60),
})

export const readConfiguration = (environment: Environment, text: string): Configuration => {
  const yaml = readYaml(text)
  const sections = merged(yaml.sections, environment)
  const reading = read(ConfigFile, sections)
  const service = account(environment, 'SERVICE')
  const migrate = account(environment, 'MIGRATE')
  const ring = readKeyRing(environment.FINIA_SESSION_KEYS)
  const issues = 'issues' in reading ? reading.issues : []
  const wrong =
    yaml.problems.length > 0
      ? []
      : issues.map(({ loc, msg, input, type }) => `${whereFrom(loc)} is ${type === 'missing' ? 'missing' : JSON.stringify(input)}: ${msg}.`)
  const meaning = meaningProblems(isSection(sections.api) ? sections.api : {}, environment)
  const problems = [...yaml.problems, ...wrong, ...meaning, ...service.problems, ...migrate.problems, ...ring.problems]
  if (problems.length > 0 || !('value' in reading)) return { problems }
  const { value: file } = reading
  const settings: Settings = {
    api: apiSettings(file),
    database: databaseSettings(file),
    auth: authSettings(file),
    setup: { token: environment.FINIA_SETUP_TOKEN || file.setup.token, allowLocalhost: file.setup.allow_localhost },
    import: { batchSize: Math.min(5000, Math.max(100, file.import.batch_size)), folder: file.import.folder },
    deployment: environment.FINIA_DEPLOYMENT || 'api',
    ...(ring.keyRing && { keyRing: ring.keyRing }),
    ...(environment.FINIA_EDGE_KEY && { edgeKey: environment.FINIA_EDGE_KEY }),
    ...(environment.FINIA_OPERATOR_KEY && { operatorKey: environment.FINIA_OPERATOR_KEY }),
    ...(service.account && { service: service.account }),
    ...(migrate.account && { migrate: migrate.account }),
  }
  return { settings }
}
