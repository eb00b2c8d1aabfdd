import { describe, expect, test } from 'vitest'
import type { ObservedUser } from '../../../operator/observe/user.ts'
import { aUser } from '../../support/instance.ts'
import { aServer } from '../../support/observed-user.ts'
import { notOurs } from '../../support/refused-users.ts'
import { briefly, job, made, named, plan } from '../../support/user-plans.ts'

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
