// What the database server of an instance says, and whether it can be asked at all.
import type { FiniaInstance } from '../crd/kinds.ts'
import type { Deps, KubeObject, MysqlSession, MysqlTarget } from '../deps.ts'
import { MysqlError, type MysqlErrorKind } from '../mysql/errors.ts'
import { apiAccount, databaseKeys, databaseName, migrateAccount } from '../names.ts'
import { databaseLogin } from '../plan/login.ts'
import type { SecretRef } from '../plan/steps.ts'
import { kinds } from '../resources/kinds.ts'
import { readSecretKey, resolveLogin } from './login.ts'
import { type AccountFacts, databaseExists, type OwnerRow, readAccount, readOwner, readServer, type ServerFacts } from './server.ts'

/** It should answer and does not: somebody must look. MissingSecret: a Secret named by a person is not there. */
export interface Unavailable {
  readonly state: 'unavailable'
  readonly kind: MysqlErrorKind | 'MissingSecret'
  readonly sentence: string
}

/** The operator's own server is still coming up. */
export interface NotYet {
  readonly state: 'notYet'
  readonly sentence: string
}

/** What was read of an instance's server, its service accounts and its operations database. */
export interface InstanceServer extends ServerFacts {
  readonly api: AccountFacts
  readonly migrate: AccountFacts
  readonly operationsExists: boolean
  readonly owner?: OwnerRow
}

export type Reached<Facts> = ({ readonly state: 'available' } & Facts) | Unavailable | NotYet
export type DatabaseObservation = Reached<InstanceServer>

interface StatefulSet extends KubeObject {
  readonly status?: { readonly readyReplicas?: number }
}

const notYet = (sentence: string): NotYet => ({ state: 'notYet', sentence })

function missing(instance: FiniaInstance, { name, key }: SecretRef): Unavailable | NotYet {
  const named = instance.spec.database.mode === 'External' || name === instance.spec.database.tls.caSecretName
  if (!named) return notYet(`Secret ${name} of the database server is still to be made`)
  return { state: 'unavailable', kind: 'MissingSecret', sentence: `The Secret "${name}" has no key "${key}" or does not exist: create it` }
}

const unavailable = (instance: FiniaInstance, { kind, message }: MysqlError): Unavailable => {
  const secret = instance.spec.database.external?.adminSecretName
  const where = kind === 'AccessDenied' && secret ? ` in the Secret "${secret}" (keys username and password)` : ''
  return { state: 'unavailable', kind, sentence: `${message}${where}` }
}

/** Opens the instance's server and reads; what a person or the network can cause comes back as a value. */
export async function reachDatabase<Facts extends object>(
  deps: Deps,
  instance: FiniaInstance,
  read: (session: MysqlSession, target: MysqlTarget) => Promise<Facts>,
): Promise<Reached<Facts>> {
  if (instance.spec.database.mode === 'Managed') {
    const name = databaseName(instance)
    const server = deps.cache.get<StatefulSet>({ resource: kinds.statefulSet, namespace: instance.metadata.namespace, name })
    if (!server?.status?.readyReplicas) return notYet(`The database server is not ready yet: kubectl describe pod ${name}-0 says why when this lasts`)
  }
  const target = await resolveLogin(deps, databaseLogin(instance))
  if ('missing' in target) return missing(instance, target.missing)
  try {
    return { state: 'available', ...(await deps.mysql.use(target, (session) => read(session, target))) }
  } catch (thrown) {
    if (thrown instanceof MysqlError) return unavailable(instance, thrown)
    throw thrown
  }
}

/** The server says these only to those whose password was right. */
const limits: ReadonlySet<string> = new Set(['ER_USER_LIMIT_REACHED', 'ER_TOO_MANY_USER_CONNECTIONS'])

/** Whether the account opens with the password of the Secret: the server is asked, nothing is remembered. */
export async function withPasswordTried(deps: Deps, target: MysqlTarget, account: AccountFacts, ref: SecretRef): Promise<AccountFacts> {
  const password = account.hosts.includes('%') ? await readSecretKey(deps, ref) : undefined
  if (!password) return account
  try {
    await deps.mysql.use({ ...target, user: account.name, password }, () => Promise.resolve())
    return { ...account, passwordWorks: true }
  } catch (thrown) {
    if (thrown instanceof MysqlError && thrown.kind === 'AccessDenied') return { ...account, passwordWorks: false }
    if (thrown instanceof MysqlError && limits.has(thrown.code)) return { ...account, passwordWorks: true }
    throw thrown
  }
}

/** What holds for every reader of an instance's server, without trying passwords. */
export async function readInstanceServer(session: MysqlSession, instance: FiniaInstance): Promise<InstanceServer> {
  const { operations } = instance.spec.database.names
  const server = await readServer(session)
  const api = await readAccount(session, apiAccount(instance))
  const migrate = await readAccount(session, migrateAccount(instance))
  const operationsExists = await databaseExists(session, operations)
  const owner = await readOwner(session, operations)
  return { ...server, api, migrate, operationsExists, ...(owner && { owner }) }
}

export const observeDatabase = (deps: Deps, instance: FiniaInstance): Promise<DatabaseObservation> =>
  reachDatabase(deps, instance, async (session, target) => {
    const server = await readInstanceServer(session, instance)
    const passwordOf = (key: string): SecretRef => ({ namespace: instance.metadata.namespace, name: databaseName(instance), key })
    const api = await withPasswordTried(deps, target, server.api, passwordOf(databaseKeys.api))
    const migrate = await withPasswordTried(deps, target, server.migrate, passwordOf(databaseKeys.migrate))
    return { ...server, api, migrate }
  })
