import { expect, test } from 'vitest'
import { planUser } from '../../../operator/plan/user.ts'
import { nextUserStatus } from '../../../operator/status/user.ts'
import { aUser } from '../../support/instance.ts'
import { aContext, anObservedUser } from '../../support/observed-user.ts'

const later = new Date('2026-01-01T13:00:00.123Z')
const missing = anObservedUser({ instance: undefined, database: undefined })
const statusOf = (observed: typeof missing, failure?: Error, now?: Date) => nextUserStatus(observed, planUser(observed, aContext(now)), failure, aContext(now))

test('what is so is told with the generation it speaks of', () => {
  const message = expect.stringMatching(/^FiniaInstance "home" does not exist/)
  const common = { reason: 'InstanceMissing', message, observedGeneration: 1, lastTransitionTime: '2026-01-01T12:00:00Z' }
  expect(statusOf(missing)).toEqual({
    observedGeneration: 1,
    username: 'john',
    conditions: [
      { type: 'Ready', status: 'False', ...common },
      { type: 'Reconciling', status: 'True', ...common },
    ],
  })
})

test('the same again is the same status, later as well', () => {
  const first = statusOf(missing)
  expect(statusOf({ ...missing, user: aUser({ status: first }) }, undefined, later)).toEqual(first)
})

test('a step that failed is told instead of what was expected of it, and what a person must do is told all the same', () => {
  const failure = new Error('The database server went away')
  expect(statusOf(anObservedUser(), failure).conditions).toMatchObject([
    { type: 'Ready', status: 'False', reason: 'Failed', message: 'The database server went away' },
    { type: 'Reconciling', status: 'True', reason: 'Failed' },
  ])
  const refused = anObservedUser({ user: aUser({ name: 'root' }) })
  expect(statusOf(refused, failure).conditions?.map(({ type, reason }) => [type, reason])).toEqual([
    ['Ready', 'ReservedUsername'],
    ['Stalled', 'ReservedUsername'],
  ])
})
