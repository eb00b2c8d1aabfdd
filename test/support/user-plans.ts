// Plans for users in a few words, and a user whose life is in order.
import type { ObservedUser, PasswordFacts } from '../../operator/observe/user.ts'
import { planUser } from '../../operator/plan/user.ts'
import { brief } from './brief-step.ts'
import { aContext, anAccount, anObservedUser, aServer, noon } from './observed-user.ts'

export const plan = (more: Partial<ObservedUser> = {}, now = noon) => planUser(anObservedUser(more), aContext(now))

export const briefly = (more: Partial<ObservedUser> = {}, now = noon) => plan(more, now).steps.map(brief)

export const password = (more: Partial<PasswordFacts> = {}): PasswordFacts => ({
  ref: { namespace: 'finance', name: 'john-password', key: 'password' },
  named: false,
  secret: 'Usable',
  ...more,
})
export const named = (more: Partial<PasswordFacts> = {}) => password({ ref: { namespace: 'finance', name: 'mine', key: 'pw' }, named: true, ...more })

/** The name that the Job of today has. */
export const wanted = (more: Partial<ObservedUser> = {}): string => {
  const apply = plan({ ...more, migrations: [] }).steps.find((step) => step.do === 'apply')
  return apply?.do === 'apply' ? apply.manifest.metadata.name : ''
}

export const job = (name = wanted(), more: Partial<ObservedUser['migrations'][number]> = {}) => ({
  name,
  uid: `uid-of-${name}`,
  state: 'Complete' as const,
  isBeingDeleted: false,
  said: JSON.stringify({ databases: [{ user: 'john', database: 'finiaDB_john', schemaVersion: '003', applied: [] }] }),
  ...more,
})

export const exact = anAccount('john', 'finiaDB\\_john', { passwordWorks: true })
export const made = { database: aServer({ account: exact, databaseExists: true }), password: password() }
