// Users that are refused because of whose account theirs would be: what they are, what is observed, the reason, words of the sentence.
import type { ObservedUser } from '../../operator/observe/user.ts'
import { anInstance, aUser } from './instance.ts'
import { anAccount, aServer } from './observed-user.ts'

export type Refusal = [string, Partial<ObservedUser>, string, string]

const older = aUser({ name: 'first', uid: 'a', creationTimestamp: '2025-01-01T00:00:00Z', spec: { username: 'john' } })
const global = (...rights: string[]) => aServer({ account: anAccount('john', 'x', { grants: { global: rights, databases: [] } }) })

/** Whose account it would be is not ours to decide: these are refused, and nothing of them is ever dropped. */
export const notOurs: Refusal[] = [
  ...['root', 'mysql', 'mariadb.sys', 'public', 'finia_app', 'finia_apple', 'finia_ops', 'finia_app_admin'].map(
    (name): Refusal => [
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
  [
    "another application's account",
    { database: aServer({ account: anAccount('john', 'x', { grants: { global: [], databases: [{ pattern: 'webshop', all: true, some: true }] } }) }) },
    'AccountInUse',
    'rights on webshop and none on "finiaDB_john"',
  ],
  ['an account with a role', { database: global('role admins') }, 'AccountHasGlobalRights', 'role admins'],
  ['a role of that name', { database: aServer({ account: anAccount('john', undefined, { hosts: [''] }) }) }, 'AccountIsRole', 'drop the role'],
]
