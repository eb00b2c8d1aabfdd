import { expect, test } from 'vitest'
import { migrateJob } from '../../../operator/resources/migrate-job.ts'
import { someDecisions } from '../../support/decisions.ts'
import { anInstance, aUser } from '../../support/instance.ts'

const job = (instance = anInstance(), user = aUser(), decisions = someDecisions()) => migrateJob(instance, user, decisions)

test('the Job migrates the database of the one user, with the example data when that is wanted', () => {
  const commandOf = (spec: Parameters<typeof aUser>[0]) => job(anInstance(), aUser(spec)).spec?.template.spec?.containers[0]?.command
  expect(commandOf({})).toEqual(['node', '/app/migrate.js', '--user', 'john', '--seed'])
  expect(commandOf({ spec: { username: 'john_doe', seed: false } })).toEqual(['node', '/app/migrate.js', '--user', 'john_doe'])
})

test('the Job goes with its user, and is found by it and by its instance', () => {
  expect(job().metadata).toMatchObject({
    labels: { 'app.kubernetes.io/instance': 'home', 'app.kubernetes.io/component': 'migrate', 'finia.io/user': 'john' },
    ownerReferences: [{ kind: 'FiniaUser', name: 'john', uid: 'uid-of-john', controller: true }],
  })
  expect(job().spec?.template.metadata?.labels).toEqual(job().metadata.labels)
})

test('a Job cannot be changed: two of one name are equal, whatever made them differ', () => {
  const variants = [
    job(),
    job(anInstance(), aUser({ spec: { seed: false } })),
    job(anInstance(), aUser({ spec: { username: 'jack' } })),
    job(anInstance(), aUser(), someDecisions({ apiImage: 'finia:2.0.0' })),
    job(anInstance({ spec: { imagePullSecrets: ['registry'] } })),
    job(anInstance({ spec: { api: { placement: { nodeSelector: { disk: 'ssd' } } } } })),
    job(anInstance({ spec: { database: { names: { account: 'other_app' } } } })),
    job(anInstance({ spec: { database: { tls: { mode: 'Required' } } } })),
  ]
  expect(new Set(variants.map(({ metadata }) => metadata.name)).size).toBe(variants.length)
  const same = [
    job(anInstance({ spec: { api: { config: { sessionTimeout: '2h' } }, ingress: { host: 'other.example.com' } } })),
    job(anInstance({ generation: 7 })),
  ]
  for (const one of same) expect(one).toEqual(job())
})

test('its name has room for the longest user', () => {
  const name = 'a'.repeat(40)
  expect(job(anInstance(), aUser({ name, spec: { username: 'a' } })).metadata.name.length).toBeLessThanOrEqual(63)
})
