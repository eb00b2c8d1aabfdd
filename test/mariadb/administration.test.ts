// The operator's way of administering a server, against a real one: its accounts, the life of its users, what is refused.
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { type FiniaUser, usernameOf } from '../../operator/crd/kinds.ts'
import type { KubeObject, MysqlTarget, Statement } from '../../operator/deps.ts'
import { runChanges } from '../../operator/execute/sql.ts'
import { mysql } from '../../operator/mysql/client.ts'
import type { MysqlError } from '../../operator/mysql/errors.ts'
import { observeDatabase } from '../../operator/observe/database.ts'
import { readAccount } from '../../operator/observe/server.ts'
import { planAccounts } from '../../operator/plan/accounts.ts'
import { databaseLogin } from '../../operator/plan/login.ts'
import * as statements from '../../operator/plan/statements.ts'
import { reconcileUser } from '../../operator/reconcile-user.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { anInstance, aUser } from '../support/instance.ts'
import { aWorld, type World } from '../support/world.ts'

const given = inject('mariadb')
const plain = { mode: 'Disabled' } as const
const admin: MysqlTarget = { host: given.host, port: given.port, user: given.user, password: given.password, tls: plain }
const as = (user: string, password: string): MysqlTarget => ({ ...admin, user, password })

const ask = <Row extends object>(target: MysqlTarget, sql: string, values: Statement['values'] = []) =>
  mysql.use(target, (session) => session.all<Row>({ sql, values }))
const run = (target: MysqlTarget, ...texts: readonly string[]) =>
  mysql.use(target, async (session) => {
    for (const sql of texts) await session.run({ sql, values: [] })
  })
const failure = (attempt: Promise<unknown>): Promise<MysqlError> =>
  attempt.then(
    () => {
      throw new Error('it worked')
    },
    (error: unknown) => error as MysqlError,
  )
const kindOf = async (attempt: Promise<unknown>): Promise<string> => (await failure(attempt)).kind
const unique = (): string => `t${randomBytes(4).toString('hex')}`
const secretText = (): string => `${randomBytes(6).toString('base64url')}'"\\%_?;--é`

interface Place {
  readonly world: World
  readonly id: string
  readonly instance: ReturnType<typeof anInstance>
  /** Puts a Secret into the cluster. */
  secret(name: string, values: Readonly<Record<string, string>>): void
  /** What is asked for beyond what is there is made; returns the statements, or the reasons of what stands in the way. */
  settle(instance?: ReturnType<typeof anInstance>): Promise<readonly string[]>
}

function aPlace(id = unique(), more: Parameters<typeof anInstance>[0] = {}): Place {
  const external = { primary: { host: given.host, port: given.port }, adminSecretName: 'admin' }
  const database = { mode: 'External' as const, external, names: { account: id, operations: `${id}_ops` }, tls: { mode: 'Disabled' as const } }
  const instance = anInstance({ ...more, spec: { database, api: { config: { databasePrefix: `${id}x_` } } } })
  const world = aWorld(instance)
  const deps = { ...world.deps, mysql }
  const place: Place = {
    world: { ...world, deps },
    id,
    instance,
    secret: (name, values) => {
      const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
      world.kube.put(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'finance' }, data } as KubeObject)
    },
    settle: async (wanted = instance) => {
      const observed = await observeDatabase(deps, wanted)
      if (observed.state !== 'available') throw new Error(observed.sentence)
      const { changes, problems } = planAccounts(wanted, observed)
      await runChanges(deps, databaseLogin(wanted), changes)
      return problems.length > 0 ? problems.map(({ reason }) => reason) : changes.map(({ text }) => text)
    },
  }
  place.secret('admin', { username: given.user, password: given.password })
  place.secret('home-db', { 'app-password': secretText(), 'migrate-password': secretText() })
  return place
}

const valueOf = ({ world }: Place, name: string, key: string): string =>
  Buffer.from((world.kube.objects.get(`secrets/finance/${name}`) as { data?: Record<string, string> } | undefined)?.data?.[key] ?? '', 'base64').toString()

const put = ({ world }: Place, user: FiniaUser) => world.kube.put(kinds.user, user as unknown as KubeObject)
const live = ({ world }: Place, user: FiniaUser) => world.kube.objects.get(`finiausers/finance/${user.metadata.name}`) as unknown as FiniaUser | undefined
const reconcile = ({ world }: Place, user: FiniaUser) => reconcileUser(world.deps, { namespace: 'finance', name: user.metadata.name })
const reasonOf = (place: Place, user: FiniaUser) => live(place, user)?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason

/** Every Job of the cluster comes to a good end. */
function completeJobs({ world, id }: Place): void {
  for (const [key, job] of world.kube.objects) {
    if (!key.startsWith('jobs/')) continue
    const name = job.metadata.name.split('-')[0] ?? ''
    const databases = [{ user: name, database: `${id}x_${name}`, schemaVersion: '003', applied: ['003'] }]
    const terminated = { finishedAt: '2026-01-01T12:00:00Z', message: JSON.stringify({ databases }) }
    world.kube.objects.set(key, { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } } as KubeObject)
    const metadata = { name: `${job.metadata.name}-x`, namespace: 'finance', labels: { 'batch.kubernetes.io/job-name': job.metadata.name } }
    world.kube.put(kinds.pod, { apiVersion: 'v1', kind: 'Pod', metadata, status: { containerStatuses: [{ state: { terminated } }] } } as KubeObject)
  }
}

describe('the service accounts of an instance', () => {
  test('are made once, open with their passwords, and reach no more than they need', async () => {
    const place = aPlace()
    expect(await place.settle()).toHaveLength(7)
    expect(await place.settle()).toEqual([])
    const api = as(place.id, valueOf(place, 'home-db', 'app-password'))
    await run(api, `CREATE TABLE ${place.id}_ops.sessions (id INT)`)
    expect(await kindOf(run(api, `CREATE DATABASE ${place.id}x_john`))).toBe('Refused')
    const migrate = as(`${place.id}_migrate`, valueOf(place, 'home-db', 'migrate-password'))
    await run(migrate, `CREATE DATABASE ${place.id}x_john`, `CREATE TABLE ${place.id}x_john.t (id INT)`)
    await run(migrate, `CREATE TRIGGER ${place.id}x_john.g BEFORE INSERT ON ${place.id}x_john.t FOR EACH ROW SET NEW.id = 1`)
    expect(await kindOf(run(migrate, `SELECT * FROM ${place.id}_ops.sessions`))).toBe('Refused')
    expect(await kindOf(run(migrate, `CREATE DATABASE ${place.id}xyjohn`))).toBe('Refused')
  })

  test('get the password of their Secret back when somebody changed it', async () => {
    const place = aPlace()
    await place.settle()
    await run(admin, `ALTER USER '${place.id}'@'%' IDENTIFIED BY 'changed'`)
    expect(await place.settle()).toEqual([`ALTER USER '${place.id}'@'%' IDENTIFIED BY ?`])
    await run(as(place.id, valueOf(place, 'home-db', 'app-password')), 'SELECT 1')
  })

  test('belong to one instance: the next of its name takes over, another is told who the owner is', async () => {
    const place = aPlace()
    await place.settle()
    const names = { spec: place.instance.spec }
    const successor = { ...place.instance, metadata: { ...place.instance.metadata, uid: 'the-next' }, ...names }
    expect(await place.settle(successor)).toEqual([expect.stringMatching(/^UPDATE .* AND uid = 'uid-of-home'$/)])
    const stranger = { ...successor, metadata: { ...successor.metadata, uid: 'stranger', name: 'other' } }
    place.secret('other-db', { 'app-password': secretText(), 'migrate-password': secretText() })
    expect(await place.settle(stranger)).toEqual(['OperationsDatabaseOwned'])
    const heir = { ...stranger, metadata: { ...stranger.metadata, annotations: { 'finia.io/adopt-database': 'the-next' } } }
    expect(await place.settle(heir)).toHaveLength(3)
    expect(await place.settle(heir)).toEqual([])
    expect(await place.settle(successor)).toEqual(['OperationsDatabaseOwned'])
  })
})

describe('the life of a user', () => {
  let place: Place
  beforeAll(async () => {
    place = aPlace()
    await place.settle()
  })
  const named = (name: string, spec: object = {}) => aUser({ name, spec: { username: `${place.id.slice(1)}_${name}`, ...spec } })
  const database = (user: FiniaUser) => `${place.id}x_${usernameOf(user)}`

  test('a new user can log in to a database of its own and sees nobody else, and then nothing is written any more', async () => {
    const user = named('anna')
    put(place, user)
    await reconcile(place, user)
    expect(reasonOf(place, user)).toBe('Migrating')
    completeJobs(place)
    await reconcile(place, user)
    expect(reasonOf(place, user)).toBe('Migrated')
    expect(live(place, user)?.status).toMatchObject({ database: database(user), passwordSecret: 'anna-password' })
    const writes = place.world.kube.writes.length
    await reconcile(place, user)
    expect(place.world.kube.writes.length).toBe(writes)

    const own = as(usernameOf(user), valueOf(place, 'anna-password', 'password'))
    // What an unescaped "_" would have opened.
    await run(admin, `CREATE DATABASE ${place.id}xx${usernameOf(user)}`, `CREATE DATABASE ${database(user).replace(/_anna$/, 'yanna')}`)
    const seen = await ask<{ Database: string }>(own, 'SHOW DATABASES')
    expect(seen.map((row) => row.Database).sort()).toEqual(['information_schema', database(user)].sort())
    await run(own, `CREATE TABLE ${database(user)}.t (a VARCHAR(10))`)
    const [created] = await ask<Record<string, string>>(own, `SHOW CREATE DATABASE ${database(user)}`)
    expect(created?.['Create Database']).toContain('utf8mb3')
    const grants = (await ask<Record<string, string>>(admin, `SHOW GRANTS FOR '${usernameOf(user)}'@'%'`)).flatMap((row) => Object.values(row))
    expect(grants.map((line) => line.replace(/ TO .*/, ''))).toEqual([
      'GRANT USAGE ON *.*',
      `GRANT ALL PRIVILEGES ON \`${database(user).replaceAll('_', '\\_')}\`.*`,
    ])
  })

  test('a change of the named Secret changes the password', async () => {
    const user = named('bert', { passwordSecret: { name: 'bert', key: 'pw' } })
    put(place, user)
    await reconcile(place, user)
    expect(reasonOf(place, user)).toBe('PasswordSecretMissing')
    const [first, second] = [secretText(), secretText()]
    place.secret('bert', { pw: first })
    await reconcile(place, user)
    await run(as(usernameOf(user), first), 'SELECT 1')
    place.secret('bert', { pw: second })
    await reconcile(place, user)
    await run(as(usernameOf(user), second), 'SELECT 1')
    expect(await kindOf(run(as(usernameOf(user), first), 'SELECT 1'))).toBe('AccessDenied')
  })

  test('an account made by hand is adopted with its password and data, and its loose grant becomes exact', async () => {
    const user = named('carl')
    const account = `'${usernameOf(user)}'@'%'`
    await run(admin, `CREATE DATABASE ${database(user)}`, `CREATE TABLE ${database(user)}.kept (a INT)`)
    await run(admin, `CREATE USER ${account} IDENTIFIED BY 'by hand'`, `GRANT ALL ON \`${database(user)}\`.* TO ${account} WITH GRANT OPTION`)
    put(place, user)
    await reconcile(place, user)
    completeJobs(place)
    await reconcile(place, user)
    expect(reasonOf(place, user)).toBe('Migrated')
    expect(live(place, user)?.status?.passwordSecret).toBeUndefined()
    expect(place.world.kube.objects.has('secrets/finance/carl-password')).toBe(false)
    const own = as(usernameOf(user), 'by hand')
    expect(await ask(own, `SHOW TABLES IN ${database(user)}`)).toHaveLength(1)
    const { grants } = await mysql.use(admin, (session) => readAccount(session, usernameOf(user)))
    expect(grants).toEqual({
      global: [],
      databases: expect.arrayContaining([
        { pattern: database(user).replaceAll('_', '\\_'), all: true, some: true },
        { pattern: database(user), all: false, some: false },
      ]),
    })
    const before = place.world.kube.writes.length
    await reconcile(place, user)
    expect(place.world.kube.writes.length).toBe(before)
  })

  test.each([
    ['global rights', (account: string) => [`CREATE USER ${account} IDENTIFIED BY 'by hand'`, `GRANT RELOAD ON *.* TO ${account}`], 'AccountHasGlobalRights'],
    [
      'global rights from another host only',
      (account: string) => [`CREATE USER ${account.replace('%', 'localhost')}`, `GRANT SUPER ON *.* TO ${account.replace('%', 'localhost')}`],
      'AccountHasGlobalRights',
    ],
    [
      'rights on the accounts themselves',
      (account: string) => [`CREATE USER ${account} IDENTIFIED BY 'by hand'`, `GRANT SELECT ON mysql.* TO ${account}`],
      'AccountHasGlobalRights',
    ],
    [
      'a role',
      (account: string) => [`CREATE USER ${account} IDENTIFIED BY 'by hand'`, `CREATE ROLE r${place.id}`, `GRANT r${place.id} TO ${account}`],
      'AccountHasGlobalRights',
    ],
    ['the name of a role', (account: string) => [`CREATE ROLE ${account.split('@')[0]}`], 'AccountIsRole'],
  ])('an account with %s is refused, left as it is, and not dropped at the end', async (_, make, reason) => {
    const user = named(unique(), { deletionPolicy: 'Delete', passwordSecret: { name: 'eve', key: 'password' } })
    place.secret('eve', { password: secretText() })
    await run(admin, ...make(`'${usernameOf(user)}'@'%'`))
    const state = () => ask(admin, 'SELECT * FROM mysql.global_priv WHERE User = ?', [usernameOf(user)])
    const before = await state()
    put(place, user)
    await reconcile(place, user)
    expect(reasonOf(place, user)).toBe(reason)
    put(place, { ...user, metadata: { ...user.metadata, finalizers: ['finia.io/finalizer'], deletionTimestamp: '2026-01-01T12:00:00Z' } })
    await reconcile(place, user)
    expect(live(place, user)?.metadata.finalizers).toEqual([])
    expect(await state()).toEqual(before)
  })

  test('at its end account and database are dropped when asked for, and nothing else', async () => {
    const user = named('dora', { deletionPolicy: 'Delete' })
    put(place, user)
    await reconcile(place, user)
    const finalizers = live(place, user)?.metadata.finalizers
    expect(finalizers).toEqual(['finia.io/finalizer'])
    const others = () => ask(admin, 'SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME <> ? ORDER BY 1', [database(user)])
    const before = await others()
    put(place, { ...user, metadata: { ...user.metadata, finalizers: ['finia.io/finalizer'], deletionTimestamp: '2026-01-01T12:00:00Z' } })
    await reconcile(place, user)
    expect(live(place, user)?.metadata.finalizers).toEqual([])
    expect(await ask(admin, 'SELECT 1 FROM mysql.user WHERE User = ?', [usernameOf(user)])).toEqual([])
    expect(await ask(admin, 'SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [database(user)])).toEqual([])
    expect(await others()).toEqual(before)
  })

  test('a database that nobody can see is told without a password, and the user waits', async () => {
    const user = named('emil')
    put(place, user)
    const wrong = secretText()
    place.secret('admin', { username: given.user, password: wrong })
    await reconcile(place, user)
    place.secret('admin', { username: given.user, password: given.password })
    const ready = live(place, user)?.status?.conditions?.[0]
    expect(ready).toMatchObject({ status: 'False', reason: 'DatabaseUnavailable' })
    expect(ready?.message).toContain(
      'refused the account "' + given.user + '" or its password: correct them in the Secret "admin" (keys username and password)',
    )
    expect(JSON.stringify(live(place, user))).not.toContain(wrong)
  })
})

test('names made of quotes, backslashes and wildcards go to the server and back unchanged', async () => {
  const parts = ['`', "'", '\\', '"', '_', '%', '?', ';', '-- ', '/*', 'é', '$', '*', ',', '@']
  for (let round = 0; round < 25; round += 1) {
    const name = `${unique()}${Array.from(randomBytes(6), (byte) => parts[byte % parts.length]).join('')}q`
    const pattern = statements.escapedPattern(name)
    const password = secretText()
    await mysql.use(admin, async (session) => {
      await session.run({ sql: statements.createDatabase(name).text, values: [] })
      await session.run({ sql: `CREATE USER ${statements.accountName(name)} IDENTIFIED BY ?`, values: [password] })
      await session.run({ sql: statements.grantAll(pattern, name).text, values: [] })
      const { hosts, grants } = await readAccount(session, name)
      expect({ name, hosts, grants }).toEqual({ name, hosts: ['%'], grants: { global: [], databases: [{ pattern, all: true, some: true }] } })
    })
    const seen = await ask<{ Database: string }>(as(name, password), 'SHOW DATABASES')
    expect(seen.map((row) => row.Database)).toContain(name)
    await mysql.use(admin, async (session) => {
      await session.run({ sql: statements.revokeAll(pattern, name).text, values: [] })
      expect((await readAccount(session, name)).grants.databases).toEqual([])
      await session.run({ sql: statements.dropAccount(name).text, values: [] })
      await session.run({ sql: statements.dropDatabase(name).text, values: [] })
    })
  }
})
