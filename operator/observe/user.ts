// Everything that a plan for a user needs to know, read at one time.
import { type FiniaInstance, type FiniaUser, usernameOf } from '../crd/kinds.ts'
import type { Deps, KubeObject, MysqlSession, MysqlTarget } from '../deps.ts'
import { keyedDigest } from '../digest.ts'
import { databaseKeys, databaseName, fieldManager, labels, userPasswordName } from '../names.ts'
import type { SecretRef } from '../plan/steps.ts'
import { userDatabase } from '../plan/user-names.ts'
import { notedPassword } from '../plan/user-password.ts'
import { kinds } from '../resources/kinds.ts'
import { type InstanceServer, type Reached, reachDatabase, readInstanceServer, withPasswordTried } from './database.ts'
import { readSecretKey } from './login.ts'
import { type MigrationJob, observeMigrations } from './migrations.ts'
import { type AccountFacts, databaseExists, readAccount, readAuthentication } from './server.ts'

/** The Secret that a user's password comes from, without the password. */
export interface PasswordFacts {
  readonly ref: SecretRef
  /** Named by spec.passwordSecret, not the generated one. */
  readonly named: boolean
  readonly secret: 'Missing' | 'WithoutKey' | 'Unusable' | 'Usable'
  /** With `Unusable`: what is wrong with the value, as the end of a sentence. */
  readonly flaw?: string
  /** Of the generated Secret: whether it goes when the user goes. */
  readonly isOwned?: boolean
  /** With `Usable`: what the password is known by; absent until there is a key to make it with. */
  readonly mark?: string
}

/** What the instance's server says that concerns this user. */
export interface UserServer extends InstanceServer {
  readonly account: AccountFacts
  readonly databaseExists: boolean
}

export interface ObservedUser {
  readonly user: FiniaUser
  /** Undefined when there is none of that name. */
  readonly instance: FiniaInstance | undefined
  /** Undefined without an instance. */
  readonly database: Reached<UserServer> | undefined
  /** Other FiniaUser objects with the same user name on the same instance. */
  readonly rivals: readonly FiniaUser[]
  readonly password: PasswordFacts
  readonly migrations: readonly MigrationJob[]
}

interface Server {
  readonly session: MysqlSession
  readonly target: MysqlTarget
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const longestPassword = 256

/** Undefined for a password that people and programs can type. */
export function passwordFlaw(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'is empty'
  if (bytes.length > longestPassword) return `is longer than ${longestPassword} bytes`
  const text = Buffer.from(bytes).toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(Buffer.from(bytes))) return 'is not UTF-8 text'
  if (/[\r\n]$/.test(text)) return 'ends with a line break (create it with printf, not with echo)'
  return /\p{Cc}/u.test(text) ? 'contains a control character' : undefined
}

const markKey = (deps: Deps, { metadata, spec }: FiniaUser): Promise<string | undefined> =>
  readSecretKey(deps, { namespace: metadata.namespace, name: databaseName({ metadata: { name: spec.instance } }), key: databaseKeys.marks })

async function withPassword(deps: Deps, { session, target }: Server, user: FiniaUser, account: AccountFacts, password: PasswordFacts): Promise<AccountFacts> {
  // Without the login of an account that must not be touched, or whose answer would change nothing: nobody's lock-out is counted up by us.
  const isTried = password.secret === 'Usable' && account.grants.global.length === 0 && notedPassword(user)?.secret !== password.mark
  const tried = isTried ? await withPasswordTried(deps, target, account, password.ref) : account
  const [key, authentication] = [await markKey(deps, user), await readAuthentication(session, account.name)]
  return key === undefined || authentication === undefined
    ? tried
    : { ...tried, passwordMark: keyedDigest(key, [user.metadata.uid, 'account', authentication]) }
}

async function observePassword(deps: Deps, user: FiniaUser): Promise<PasswordFacts> {
  const { passwordSecret } = user.spec
  const { namespace } = user.metadata
  const ref = { namespace, name: passwordSecret?.name ?? userPasswordName(user), key: passwordSecret?.key ?? 'password' }
  const secret = await deps.kube.get<Secret>({ resource: kinds.secret, namespace, name: ref.name })
  const isGenerated = secret?.metadata.labels?.[labels.managedBy] === fieldManager && secret.metadata.labels[labels.user] === user.metadata.name
  const isOwned = secret?.metadata.ownerReferences?.some(({ uid }) => uid === user.metadata.uid) === true
  const found = { ref, named: passwordSecret !== undefined, ...(isGenerated && !passwordSecret && { isOwned }) }
  if (!secret) return { ...found, secret: 'Missing' }
  const value = secret.data?.[ref.key]
  if (value === undefined) return { ...found, secret: 'WithoutKey' }
  const bytes = Buffer.from(value, 'base64')
  const flaw = passwordFlaw(bytes)
  if (flaw !== undefined) return { ...found, secret: 'Unusable', flaw }
  const key = await markKey(deps, user)
  return { ...found, secret: 'Usable', ...(key !== undefined && { mark: keyedDigest(key, [user.metadata.uid, 'secret', bytes.toString('utf8')]) }) }
}

const observeServer = (deps: Deps, instance: FiniaInstance, user: FiniaUser, password: PasswordFacts): Promise<Reached<UserServer>> =>
  reachDatabase(deps, instance, async (session, target) => {
    const server = await readInstanceServer(session, instance)
    const account = await readAccount(session, usernameOf(user))
    const exists = await databaseExists(session, userDatabase(instance, user))
    return { ...server, account: await withPassword(deps, { session, target }, user, account, password), databaseExists: exists }
  })

const rivalsOf = (deps: Deps, user: FiniaUser): readonly FiniaUser[] =>
  (deps.cache.list(kinds.user, user.metadata.namespace) as readonly KubeObject[] as readonly FiniaUser[]).filter(
    (other) => other.metadata.uid !== user.metadata.uid && other.spec.instance === user.spec.instance && usernameOf(other) === usernameOf(user),
  )

/** Undefined when the user is gone. */
export async function observeUser(deps: Deps, key: { readonly namespace: string; readonly name: string }): Promise<ObservedUser | undefined> {
  // Live, not from the cache: what is dropped at the end of a user's life is decided by what is read here.
  const user = (await deps.kube.get({ resource: kinds.user, ...key })) as FiniaUser | undefined
  if (!user) return undefined
  const instance = (await deps.kube.get({ resource: kinds.instance, namespace: key.namespace, name: user.spec.instance })) as FiniaInstance | undefined
  const password = await observePassword(deps, user)
  const database = instance && (await observeServer(deps, instance, user, password))
  return { user, instance, database, rivals: rivalsOf(deps, user), password, migrations: observeMigrations(deps, user) }
}
