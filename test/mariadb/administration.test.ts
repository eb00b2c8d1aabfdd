// The life of a user on a real server: made, changed, adopted, refused, dropped.
import { beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../api/db/migrations/run.ts'
import { type FiniaUser, usernameOf } from '../../operator/crd/kinds.ts'
import { mysql } from '../../operator/mysql/client.ts'
import { readAccount } from '../../operator/observe/server.ts'
import { aUser } from '../support/instance.ts'
import {
  admin,
  aPlace,
  as,
  ask,
  completeJobs,
  given,
  kindOf,
  live,
  type Place,
  put,
  reasonOf,
  reconcile,
  run,
  secretText,
  unique,
  valueOf,
} from './administration-place.ts'
import { someDatabases } from './environment.ts'

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

  test('the account for migrations may make the whole schema, and the user may use it', async () => {
    const user = named('gina', { passwordSecret: { name: 'gina', key: 'password' } })
    const text = secretText()
    place.secret('gina', { password: text })
    put(place, user)
    await reconcile(place, user)
    const databases = someDatabases()
    const db = databases.open({ username: `${place.id}_migrate`, password: valueOf(place, 'home-db', 'migrate-password'), database: database(user) })
    try {
      await migrate(db, { labels: ['expand', 'contract'], dryRun: false })
    } finally {
      await databases.close()
    }
    const own = as(usernameOf(user), text)
    const objects = await ask<{ kind: string; name: string }>(
      own,
      "SELECT 'trigger' AS kind, TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? UNION SELECT 'view', TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?",
      [database(user), database(user)],
    )
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['trigger', 'view']))
    for (const { name } of objects.filter(({ kind }) => kind === 'view')) await run(own, `SELECT * FROM ${database(user)}.${name}`)
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

  test('a password that the person has changed stays, until the Secret says something new', async () => {
    const user = named('hans', { passwordSecret: { name: 'hans', key: 'pw' } })
    const [first, own, second] = [secretText(), secretText(), secretText()]
    place.secret('hans', { pw: first })
    put(place, user)
    await reconcile(place, user)
    completeJobs(place)
    await reconcile(place, user)
    await ask(as(usernameOf(user), first), 'SET PASSWORD = PASSWORD(?)', [own])
    for (let turn = 0; turn < 3; turn++) await reconcile(place, user)
    await run(as(usernameOf(user), own), 'SELECT 1')
    expect(reasonOf(place, user)).toBe('Migrated')
    expect(live(place, user)?.status?.passwordSecret).toBeUndefined()
    expect(JSON.stringify(live(place, user)?.status)).toContain('The password in force is not that of the Secret')
    place.secret('hans', { pw: second })
    await reconcile(place, user)
    await reconcile(place, user)
    await run(as(usernameOf(user), second), 'SELECT 1')
    expect(live(place, user)?.status?.passwordSecret).toBe('hans')
    const kept = JSON.stringify(live(place, user))
    for (const text of [first, own, second]) expect(kept).not.toContain(text)
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

  test('an account that has used up its connections is not given another password', async () => {
    const user = named('finn', { passwordSecret: { name: 'finn', key: 'password' } })
    const text = secretText()
    place.secret('finn', { password: text })
    put(place, user)
    await reconcile(place, user)
    await run(admin, `ALTER USER '${usernameOf(user)}'@'%' WITH MAX_USER_CONNECTIONS 1`)
    const state = () => ask(admin, 'SELECT * FROM mysql.global_priv WHERE User = ?', [usernameOf(user)])
    const before = await state()
    await mysql.use(as(usernameOf(user), text), async () => {
      expect(await kindOf(run(as(usernameOf(user), text), 'SELECT 1'))).toBe('Refused')
      await reconcile(place, user)
    })
    expect(reasonOf(place, user)).toBe('Migrating')
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
