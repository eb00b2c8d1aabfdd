// What is observed of a user: a healthy instance on a healthy server, where nothing of this user is there yet.
import { createHash } from 'node:crypto'
import type { AccountFacts } from '../../operator/observe/server.ts'
import type { ObservedUser, UserServer } from '../../operator/observe/user.ts'
import type { Context } from '../../operator/plan/context.ts'
import { anInstance, aUser } from './instance.ts'

export const noon = new Date('2026-01-01T12:00:00Z')

export const aContext = (now: Date = noon): Context => ({
  now,
  settings: {
    operatorImage: 'finia-operator:test',
    apiImage: 'finia:1.0.0',
    release: '1.0.0',
    namespaces: [],
    ownNamespace: 'finia-system',
    resyncSeconds: 60,
  },
  digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 10),
})

export const anAccount = (name: string, pattern?: string, more: Partial<AccountFacts> = {}): AccountFacts => ({
  name,
  hosts: pattern === undefined ? [] : ['%'],
  grants: { global: [], databases: pattern === undefined ? [] : [{ pattern, all: true, some: true }] },
  ...more,
})

export const aServer = (more: Partial<UserServer> = {}): { state: 'available' } & UserServer => ({
  state: 'available',
  serverVersion: '10.11.19-MariaDB',
  triggersAllowed: true,
  api: anAccount('finia_app', 'finia\\_ops', { passwordWorks: true }),
  migrate: anAccount('finia_app_migrate', 'finiaDB\\_%', { passwordWorks: true }),
  operationsExists: true,
  owner: { uid: 'uid-of-home', namespace: 'finance', name: 'home' },
  account: anAccount('john'),
  databaseExists: false,
  ...more,
})

export const anObservedUser = (more: Partial<ObservedUser> = {}): ObservedUser => ({
  user: aUser(),
  instance: anInstance(),
  database: aServer(),
  rivals: [],
  password: { ref: { namespace: 'finance', name: 'john-password', key: 'password' }, named: false, secret: 'Missing' },
  migrations: [],
  ...more,
})
