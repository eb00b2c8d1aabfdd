import { describe, expect, test } from 'vitest'
import { aUser } from '../../support/instance.ts'
import { notOurs, type Refusal } from '../../support/refused-users.ts'
import { job, made, named, password, plan } from '../../support/user-plans.ts'

const badPasswords: Refusal[] = [
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
