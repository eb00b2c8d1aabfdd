import { describe, expect, test } from 'vitest'
import type { ObservedUser, PasswordFacts } from '../../../operator/observe/user.ts'
import { anInstance, aUser } from '../../support/instance.ts'
import { anAccount, aServer } from '../../support/observed-user.ts'
import { briefly, exact, job, made, named, password, plan } from '../../support/user-plans.ts'

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

  test('a change of the Secret changes the password, whoever made the Secret, and is looked at again at once', () => {
    const account = { ...exact, passwordWorks: false, passwordMark: 'old' }
    const user = aUser({ annotations: { 'finia.io/password': 'first.old' } })
    const world = { ...made, user, database: aServer({ account, databaseExists: true }), migrations: [job()] }
    const changed = (facts: PasswordFacts) => briefly({ ...world, password: facts })
    expect(changed(password({ mark: 'second' }))).toEqual(["ALTER USER 'john'@'%' IDENTIFIED BY ? (john-password/password)"])
    expect(changed(named({ mark: 'second' }))).toEqual(["ALTER USER 'john'@'%' IDENTIFIED BY ? (mine/pw)"])
    expect(plan({ ...world, password: named({ mark: 'second' }) }).requeue).toEqual({ afterSeconds: 1 })
  })

  test('a password that the person has changed stays, is told of, and the Secret is not said to hold it', () => {
    const account = { ...anAccount('john', 'finiaDB\\_john'), passwordMark: 'of the person' }
    const user = aUser({ annotations: { 'finia.io/password': 'first.of the Secret' } })
    const told = plan({ ...made, user, database: aServer({ account, databaseExists: true }), password: named({ mark: 'first' }), migrations: [job()] })
    expect(told.steps).toEqual([])
    expect(told.facts).toEqual({ database: 'finiaDB_john', schemaVersion: '003' })
    expect(told.findings).toEqual([
      {
        type: 'Ready',
        status: 'True',
        reason: 'Migrated',
        message:
          '"john" can log in to the database "finiaDB_john" with schema 003. The password in force is not that of the Secret "mine": it was changed since and stays; a new one in the Secret would take its place',
      },
    ])
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
