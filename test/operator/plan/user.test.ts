import { describe, expect, test } from 'vitest'
import type { ObservedUser, PasswordFacts } from '../../../operator/observe/user.ts'
import type { Step } from '../../../operator/plan/steps.ts'
import { planUser } from '../../../operator/plan/user.ts'
import { anInstance, aUser } from '../../support/instance.ts'
import { aContext, anAccount, anObservedUser, aServer, noon } from '../../support/observed-user.ts'

const plan = (more: Partial<ObservedUser> = {}, now = noon) => planUser(anObservedUser(more), aContext(now))

/** A step in a few words. */
const brief = (step: Step): string => {
  switch (step.do) {
    case 'sql':
      return step.changes.map(({ text, passwordFrom }) => `${text}${passwordFrom ? ` (${passwordFrom.name}/${passwordFrom.key})` : ''}`).join('; ')
    case 'apply':
    case 'ensureSecret':
      return `${step.do} ${step.manifest.kind} ${step.manifest.metadata.name.replace(/[0-9a-f]{10}$/, 'HASH')}`
    case 'delete':
      return `delete ${step.ref.resource.kind} ${step.ref.name} ${step.uid}`
    case 'setFinalizers':
      return `finalizers ${JSON.stringify(step.finalizers)}`
    default:
      return step.do
  }
}
const briefly = (more: Partial<ObservedUser> = {}, now = noon) => plan(more, now).steps.map(brief)

const password = (more: Partial<PasswordFacts> = {}): PasswordFacts => ({
  ref: { namespace: 'finance', name: 'john-password', key: 'password' },
  named: false,
  secret: 'Usable',
  ...more,
})
const named = (more: Partial<PasswordFacts> = {}) => password({ ref: { namespace: 'finance', name: 'mine', key: 'pw' }, named: true, ...more })

/** The name that the Job of today has. */
const wanted = (more: Partial<ObservedUser> = {}): string => {
  const apply = plan({ ...more, migrations: [] }).steps.find((step) => step.do === 'apply')
  return apply?.do === 'apply' ? apply.manifest.metadata.name : ''
}
const job = (name = wanted(), more: Partial<ObservedUser['migrations'][number]> = {}) => ({
  name,
  uid: `uid-of-${name}`,
  state: 'Complete' as const,
  isBeingDeleted: false,
  said: JSON.stringify({ databases: [{ user: 'john', database: 'finiaDB_john', schemaVersion: '003', applied: [] }] }),
  ...more,
})
const exact = anAccount('john', 'finiaDB\\_john', { passwordWorks: true })
const made = { database: aServer({ account: exact, databaseExists: true }), password: password() }

describe('the life of a user', () => {
  test('a new user gets a password, a database, an account with rights on it, and its schema, in this order', () => {
    expect(briefly()).toEqual([
      'ensureSecret Secret john-password',
      [
        'CREATE DATABASE IF NOT EXISTS `finiaDB_john` CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci',
        "CREATE USER IF NOT EXISTS 'john'@'%' IDENTIFIED BY ? (john-password/password)",
        "GRANT ALL PRIVILEGES ON `finiaDB\\_john`.* TO 'john'@'%'",
      ].join('; '),
      'apply Job john-migrate-HASH',
    ])
    expect(plan()).toMatchObject({
      findings: [
        { type: 'Ready', status: 'False', reason: 'Migrating' },
        { type: 'Reconciling', status: 'True', reason: 'Migrating' },
      ],
      facts: { database: 'finiaDB_john', passwordSecret: 'john-password' },
    })
  })

  test('a migrated user is ready, with the schema that the migration ended with, and nothing is done', () => {
    expect(plan({ ...made, migrations: [job()] })).toEqual({
      steps: [],
      problems: [],
      findings: [{ type: 'Ready', status: 'True', reason: 'Migrated', message: '"john" can log in to the database "finiaDB_john" with schema 003' }],
      facts: { database: 'finiaDB_john', schemaVersion: '003', passwordSecret: 'john-password' },
      requeue: {},
    })
  })

  test('a schema version whose pod is gone is still told', () => {
    const { said: _, ...silent } = job()
    const user = aUser({ status: { schemaVersion: '003' } })
    expect(plan({ ...made, user, migrations: [silent] }).facts.schemaVersion).toBe('003')
  })

  test('a Secret that is there from before is used as it is', () => {
    expect(briefly({ password: password() })[0]).toContain('(john-password/password)')
  })

  test('a change of the Secret changes the password, whoever made the Secret', () => {
    const account = { ...exact, passwordWorks: false }
    const changed = (facts: PasswordFacts) => briefly({ ...made, database: aServer({ account, databaseExists: true }), password: facts, migrations: [job()] })
    expect(changed(password())).toEqual(["ALTER USER 'john'@'%' IDENTIFIED BY ? (john-password/password)"])
    expect(changed(named())).toEqual(["ALTER USER 'john'@'%' IDENTIFIED BY ? (mine/pw)"])
  })

  test('an account that is there already keeps its password when none is named, and no Secret is made', () => {
    const adopted = plan({ database: aServer({ account: anAccount('john', 'finiaDB\\_john'), databaseExists: true }), migrations: [job()] })
    expect(adopted.steps).toEqual([])
    expect(adopted.facts).toEqual({ database: 'finiaDB_john', schemaVersion: '003' })
    expect(adopted.findings[0]?.message).toContain('keeps its password; name a Secret in spec.passwordSecret')
  })

  test('a grant made by hand whose "_" opens other databases is replaced by the exact one', () => {
    const account = anAccount('john', 'finiaDB_john', { passwordWorks: true })
    expect(briefly({ ...made, database: aServer({ account, databaseExists: true }), migrations: [job()] })).toEqual([
      "GRANT ALL PRIVILEGES ON `finiaDB\\_john`.* TO 'john'@'%'; REVOKE ALL PRIVILEGES ON `finiaDB_john`.* FROM 'john'@'%'",
    ])
    const grants = { global: [], databases: [...exact.grants.databases, { pattern: 'finiaDB_john', all: false, some: false }] }
    expect(briefly({ ...made, database: aServer({ account: { ...exact, grants }, databaseExists: true }), migrations: [job()] })).toEqual([])
  })

  test('the database leaves the prefix of the user name out', () => {
    const instance = anInstance({ spec: { api: { config: { usernamePrefix: 'f_', databasePrefix: 'money_' } } } })
    const server = aServer({ migrate: anAccount('finia_app_migrate', 'money\\_%', { passwordWorks: true }) })
    expect(plan({ instance, database: server, user: aUser({ spec: { username: 'f_john' } }) }).facts.database).toBe('money_john')
  })

  test('who asks for deletion at the end gets a finalizer, who does not loses it, and those of others stay', () => {
    const user = aUser({ spec: { deletionPolicy: 'Delete' }, finalizers: ['other/one'] })
    expect(briefly({ ...made, user, migrations: [job()] })).toEqual(['finalizers ["other/one","finia.io/finalizer"]'])
    const kept = aUser({ finalizers: ['finia.io/finalizer', 'other/one'] })
    expect(briefly({ ...made, user: kept, migrations: [job()] })).toEqual(['finalizers ["other/one"]'])
  })

  test('the generated Secret goes with the user only when the account does', () => {
    const toDelete = aUser({ spec: { deletionPolicy: 'Delete' }, finalizers: ['finia.io/finalizer'] })
    expect(briefly({ ...made, user: toDelete, password: password({ isOwned: false }), migrations: [job()] })).toEqual(['ensureSecret Secret john-password'])
    expect(briefly({ ...made, password: password({ isOwned: true }), migrations: [job()] })).toEqual(['ensureSecret Secret john-password'])
    expect(briefly({ ...made, password: password({ isOwned: false }), migrations: [job()] })).toEqual([])
  })
})

describe('migrations', () => {
  test('another image is another Job, and the old one goes when the new one is complete', () => {
    const old = job('john-migrate-old')
    expect(briefly({ ...made, migrations: [old] })).toEqual(['apply Job john-migrate-HASH'])
    expect(briefly({ ...made, migrations: [old, job(wanted(), { state: 'Running' })] })).toEqual([])
    expect(briefly({ ...made, migrations: [old, job()] })).toEqual(['delete Job john-migrate-old uid-of-john-migrate-old'])
  })

  test('a failed Job is told with its sentence and tried anew five minutes after it failed', () => {
    const said = JSON.stringify({ databases: [{ user: 'john', database: 'finiaDB_john', error: 'table tbl_x is read-only' }] })
    const failed = job(wanted(), { state: 'Failed', failedAt: '2026-01-01T11:58:00Z', said })
    const waiting = plan({ ...made, migrations: [failed] })
    expect([waiting.steps, waiting.requeue]).toEqual([[], { afterSeconds: 180 }])
    expect(waiting.findings[0]).toMatchObject({ status: 'False', reason: 'MigrationFailed' })
    expect(waiting.findings[0]?.message).toContain('failed: table tbl_x is read-only. It is tried again at 2026-01-01T12:03:00Z')
    expect(briefly({ ...made, migrations: [failed] }, new Date('2026-01-01T12:03:00Z'))).toEqual([`delete Job ${wanted()} uid-of-${wanted()}`])
  })

  test('a Job that died without a word of its own says what Kubernetes or its log says', () => {
    const silent = {
      ...job(wanted(), { state: 'Failed', failedAt: '2026-01-01T11:58:00Z', reason: 'Job was active longer than specified deadline' }),
      said: 'node: not found',
    }
    expect(plan({ ...made, migrations: [silent] }).findings[0]?.message).toContain('its log ends with: node: not found')
    const { said: _, ...mute } = silent
    expect(plan({ ...made, migrations: [mute] }).findings[0]?.message).toContain('Job was active longer than specified deadline')
  })

  test('a database that vanished is made anew, and so is its schema', () => {
    const database = aServer({ account: exact, databaseExists: false })
    expect(briefly({ ...made, database, migrations: [job()] })).toEqual([
      expect.stringMatching(/^CREATE DATABASE/),
      `delete Job ${wanted()} uid-of-${wanted()}`,
    ])
    expect(briefly({ ...made, database, migrations: [job(wanted(), { isBeingDeleted: true })] })).toEqual([expect.stringMatching(/^CREATE DATABASE/)])
  })
})

describe('what a user waits for', () => {
  const { owner: _, ...unowned } = aServer()
  test.each<[string, Partial<ObservedUser>, string, string]>([
    ['no instance', { instance: undefined, database: undefined }, 'InstanceMissing', 'FiniaInstance "home" does not exist in this namespace: create it'],
    ['an instance that goes', { instance: anInstance({ deletionTimestamp: '2026-01-01T11:00:00Z' }) }, 'InstanceDeleting', 'is being deleted'],
    ['a server that starts', { database: { state: 'notYet', sentence: 'It starts' } }, 'DatabaseUnavailable', 'It starts'],
    ['a server out of reach', { database: { state: 'unavailable', kind: 'Unreachable', sentence: 'No way' } }, 'DatabaseUnavailable', 'No way'],
    ['an unclaimed server', { database: unowned }, 'InstanceNotReady', 'still being made'],
    ['a server of another', { database: aServer({ owner: { uid: 'x', namespace: 'y', name: 'z' } }) }, 'InstanceNotReady', 'belongs to FiniaInstance y/z'],
    ['no account for migrations', { database: aServer({ migrate: anAccount('finia_app_migrate') }) }, 'InstanceNotReady', 'still being made'],
  ])('%s: nothing is done, and the condition says so', (_, more, reason, words) => {
    const waiting = plan(more)
    expect(waiting.steps).toEqual([])
    expect(waiting.requeue).toEqual({ afterSeconds: 15 })
    expect(waiting.findings).toEqual([
      { type: 'Ready', status: 'False', reason, message: expect.stringContaining(words) },
      { type: 'Reconciling', status: 'True', reason, message: expect.stringContaining(words) },
    ])
  })
})

const older = aUser({ name: 'first', uid: 'a', creationTimestamp: '2025-01-01T00:00:00Z', spec: { username: 'john' } })
const global = (...rights: string[]) => aServer({ account: anAccount('john', 'x', { grants: { global: rights, databases: [] } }) })

/** Whose account it would be is not ours to decide: these are refused, and nothing of them is ever dropped. */
const notOurs: [string, Partial<ObservedUser>, string, string][] = [
  ...['root', 'mysql', 'mariadb.sys', 'public', 'finia_app', 'finia_apple', 'finia_ops', 'finia_app_admin'].map(
    (name): [string, Partial<ObservedUser>, string, string] => [
      `the name ${name}`,
      { user: aUser({ name: name.replaceAll('_', '-'), ...(name.includes('.') ? { name } : { spec: { username: name } }) }) },
      name.includes('.') ? 'InvalidUsername' : 'ReservedUsername',
      `is "${name}"`,
    ],
  ),
  ['a name that is none', { user: aUser({ name: 'jo-hn' }) }, 'InvalidUsername', 'metadata.name is "jo-hn"'],
  ['a name without its prefix', { instance: anInstance({ spec: { api: { config: { usernamePrefix: 'f_' } } } }) }, 'UsernamePrefixMissing', '"f_"'],
  [
    'a database of the server',
    { instance: anInstance({ spec: { api: { config: { databasePrefix: 'My' } } } }), user: aUser({ spec: { username: 'sql' } }) },
    'ReservedDatabase',
    '"Mysql"',
  ],
  [
    'a database name too long to grant on',
    { instance: anInstance({ spec: { api: { config: { databasePrefix: 'a'.repeat(32) } } } }), user: aUser({ spec: { username: `${'b'.repeat(31)}_` } }) },
    'DatabaseNameTooLong',
    'at most 64 characters',
  ],
  [
    'a name that an older object has',
    { rivals: [older], user: aUser({ creationTimestamp: '2025-02-01T00:00:00Z' }) },
    'UsernameTaken',
    'older FiniaUser "first"',
  ],
  [
    'an account with rights on everything',
    { database: global('SUPER ON *.*', 'GRANT OPTION ON *.*') },
    'AccountHasGlobalRights',
    'SUPER ON *.*, GRANT OPTION ON *.*',
  ],
  ['an account with a role', { database: global('role admins') }, 'AccountHasGlobalRights', 'role admins'],
  ['a role of that name', { database: aServer({ account: anAccount('john', undefined, { hosts: [''] }) }) }, 'AccountIsRole', 'drop the role'],
]

const badPasswords: [string, Partial<ObservedUser>, string, string][] = [
  [
    'a named Secret that is not there',
    { password: named({ secret: 'Missing' }) },
    'PasswordSecretMissing',
    '"mine" named by spec.passwordSecret does not exist: create it with the key "pw"',
  ],
  ['a named Secret without the key', { password: named({ secret: 'WithoutKey' }) }, 'PasswordKeyMissing', 'has no key "pw"'],
  [
    'a password nobody can type',
    { password: named({ secret: 'Unusable', flaw: 'is empty' }) },
    'PasswordUnusable',
    'holds under "pw" a password that is empty',
  ],
  [
    'a generated password that was spoilt',
    { password: password({ secret: 'Unusable', flaw: 'is empty' }) },
    'PasswordUnusable',
    'The generated Secret "john-password"',
  ],
]

describe('what is refused', () => {
  test.each([...notOurs, ...badPasswords])('%s: nothing is done, and the condition says what to change', (_, more, reason, words) => {
    const refused = plan(more)
    expect(refused.steps).toEqual([])
    expect(refused.findings).toEqual([
      { type: 'Ready', status: 'False', reason, message: expect.stringContaining(words) },
      { type: 'Stalled', status: 'True', reason, message: expect.stringContaining(words) },
    ])
  })

  test('of two objects with one user name the older one works on', () => {
    const younger = aUser({ name: 'second', uid: 'b', creationTimestamp: '2025-03-01T00:00:00Z', spec: { username: 'john' } })
    const user = aUser({ creationTimestamp: '2025-02-01T00:00:00Z' })
    expect(plan({ ...made, user, rivals: [younger], migrations: [job()] }).findings[0]?.status).toBe('True')
  })
})

describe('the end of a user', () => {
  const leaving = (more: Parameters<typeof aUser>[0] = {}) =>
    aUser({ deletionTimestamp: '2026-01-01T11:59:00Z', finalizers: ['finia.io/finalizer'], spec: { deletionPolicy: 'Delete' }, ...more })

  test('Jobs are deleted, account and database dropped, and then it is let go', () => {
    expect(briefly({ ...made, user: leaving(), migrations: [job('john-migrate-a')] })).toEqual([
      'delete Job john-migrate-a uid-of-john-migrate-a',
      "DROP USER IF EXISTS 'john'@'%'; DROP DATABASE IF EXISTS `finiaDB_john`",
      'finalizers []',
    ])
  })

  test('what is dropped already is not dropped again', () => {
    expect(briefly({ user: leaving() })).toEqual(['finalizers []'])
  })

  test.each<[string, Partial<ObservedUser>]>([
    ['when it is to be retained', { ...made, user: leaving({ spec: { deletionPolicy: 'Retain' } }) }],
    ['when the instance is gone', { user: leaving(), instance: undefined, database: undefined }],
    [
      'when the server belongs to another instance',
      { user: leaving(), database: aServer({ ...made.database, owner: { uid: 'x', namespace: 'y', name: 'z' } }) },
    ],
  ])('it is let go with nothing dropped %s', (_, more) => {
    expect(briefly(more)).toEqual(['finalizers []'])
  })

  test.each(notOurs)('nothing is dropped of %s', (_, more) => {
    const { user: refused = aUser() } = more
    const user = leaving({
      ...refused.metadata,
      deletionTimestamp: '2026-01-01T11:59:00Z',
      finalizers: ['finia.io/finalizer'],
      spec: { ...refused.spec, deletionPolicy: 'Delete' },
    })
    expect(briefly({ ...more, user })).toEqual(['finalizers []'])
  })

  test('it waits for a server out of reach, with a sentence that says how to let go', () => {
    const waiting = plan({ user: leaving(), database: { state: 'unavailable', kind: 'Unreachable', sentence: 'No way' } })
    expect([waiting.steps, waiting.requeue]).toEqual([[], { afterSeconds: 15 }])
    expect(waiting.findings[0]?.message).toBe(
      'Account and database cannot be dropped: No way; it is tried again; delete the FiniaInstance, or set spec.deletionPolicy to Retain, to let go of them',
    )
  })

  test('a Secret that is missing by then does not keep account and database alive', () => {
    expect(briefly({ ...made, user: leaving(), password: named({ secret: 'Missing' }) })).toContain(
      "DROP USER IF EXISTS 'john'@'%'; DROP DATABASE IF EXISTS `finiaDB_john`",
    )
  })

  test('without our finalizer nothing is done', () => {
    expect(briefly({ ...made, user: leaving({ finalizers: ['other/one'] }) })).toEqual([])
  })
})
