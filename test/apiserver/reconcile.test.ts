import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../operator/deps.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { audited, auditMark, connect, freshNamespace, isWrite, until } from './environment.ts'
import { conditionOf, fakeServers, type RunningOperator, simulateControllers, startOperator, untilReady } from './operator.ts'

const { kube, lists } = connect()
let namespace: string
let servers: ReturnType<typeof fakeServers>
let simulated: ReturnType<typeof simulateControllers>
const running = new Set<RunningOperator>()

const start = (release: string): RunningOperator => {
  const operator = startOperator(release, namespace, servers)
  running.add(operator)
  return operator
}
const stop = async (operator: RunningOperator) => {
  running.delete(operator)
  await operator.stop()
}

beforeEach(async () => {
  namespace = await freshNamespace('reconcile')
  servers = fakeServers()
  simulated = simulateControllers(namespace)
})
afterEach(async () => {
  for (const operator of running) await stop(operator)
  await simulated.stop()
})

const create = (name: string, spec: object = {}) =>
  kube.create(kinds.instance, {
    apiVersion: 'finia.io/v1alpha1',
    kind: 'FiniaInstance',
    metadata: { name, namespace },
    spec: { ingress: { host: `${name}.example.com` }, ...spec },
  } as KubeObject)

/** Writes of an operator of this release since a mark, but for the renewals of its lease. */
const writesOf = async (release: string, since: number) =>
  (await audited(since)).filter((request) => request.userAgent === `finia-operator/${release}` && isWrite(request) && request.resource !== 'leases')

const get = <T extends KubeObject>(resource: (typeof kinds)[keyof typeof kinds], name: string) => kube.get<T>({ resource, namespace, name })

test('a hundred instances become ready, and the next operator finds nothing to write', { timeout: 180_000 }, async () => {
  const names = Array.from({ length: 100 }, (_, index) => `home-${index}`)
  const first = start('1.0.0')
  await Promise.all(names.map((name) => create(name)))
  for (const name of names) await untilReady(namespace, name, 120_000)
  await stop(first)
  const since = await auditMark()
  const second = start('1.0.0')
  await until('every instance was looked at again', 60_000, async () => (await second.reconciles()) >= names.length)
  await stop(second)
  expect((await writesOf('1.0.0', since)).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)).toEqual([])
})

test('what another manager owns survives, and what it takes from us is put back', async () => {
  const operator = start('1.0.0')
  await create('home')
  await untilReady(namespace, 'home')
  const ref = { resource: kinds.deployment, namespace, name: 'home-api' }
  // As a person with kubectl: an annotation of their own, and a change of ours.
  const other = connect({ userAgent: 'kubectl' })
  await other.kube.patch(ref, {
    metadata: { annotations: { 'example.com/team': 'payments' } },
    spec: { template: { spec: { terminationGracePeriodSeconds: 60 } } },
  })
  other.close()
  interface Deployment extends KubeObject {
    readonly spec: { readonly template: { readonly spec: { readonly terminationGracePeriodSeconds: number } } }
  }
  await until(
    'the change is put back',
    20_000,
    async () => (await get<Deployment>(kinds.deployment, 'home-api'))?.spec.template.spec.terminationGracePeriodSeconds === 90,
  )
  expect((await get(kinds.deployment, 'home-api'))?.metadata.annotations).toMatchObject({ 'example.com/team': 'payments' })
  await stop(operator)
  interface Event extends KubeObject {
    readonly reason: string
    readonly note: string
  }
  const events = (await lists.list(kinds.event, { namespace }, {}, AbortSignal.timeout(10_000))).items as readonly Event[]
  expect(events.map(({ reason, note }) => `${reason}: ${note}`)).toContain(
    'DriftRepaired: Deployment home-api had been changed by somebody else and was put back.',
  )
})

test('a child that was deleted comes back, and one that is not wanted any more goes', async () => {
  start('1.0.0')
  await create('home')
  await untilReady(namespace, 'home')
  await kube.delete({ resource: kinds.service, namespace, name: 'home-api' })
  await until('the Service is back', 20_000, async () => (await get(kinds.service, 'home-api')) !== undefined)
  await kube.patch({ resource: kinds.instance, namespace, name: 'home' }, { spec: { ingress: { provider: 'None' } } })
  await until('the edge is gone', 20_000, async () => (await get(kinds.deployment, 'home-edge')) === undefined)
  expect(await get(kinds.statefulSet, 'home-db')).toBeDefined()
})

test('of two operators one leads and alone writes, and the other takes over when the first one stops', async () => {
  const one = start('one')
  await create('home')
  await untilReady(namespace, 'home')
  const two = start('two')
  await until('the second one has seen everything', 20_000, async () => two.manager.synced)
  const since = await auditMark()
  await create('second-home')
  await untilReady(namespace, 'second-home')
  expect(await writesOf('two', since)).toEqual([])
  await stop(one)
  const began = Date.now()
  await create('third-home')
  await untilReady(namespace, 'third-home')
  expect((await writesOf('two', since)).length).toBeGreaterThan(0)
  expect(Date.now() - began).toBeLessThan(15_000)
})

test('an instance that names a Secret that is not there is stalled, and goes on by itself when the Secret is made', async () => {
  const operator = start('1.0.0')
  const external = { primary: { host: 'db.example.com' }, adminSecretName: 'finia-db-admin' }
  await create('home', { database: { mode: 'External', external } })
  await until('the instance is stalled', 20_000, async () => (await conditionOf(namespace, 'home', 'Stalled')) !== undefined)
  expect(await conditionOf(namespace, 'home', 'Stalled')).toMatchObject({
    reason: 'SecretMissing',
    message: expect.stringContaining('spec.database.external.adminSecretName names the Secret "finia-db-admin"'),
  })
  const stringData = { username: 'finia_admin', password: 'x' }
  servers.at('db.example.com').accounts.set('finia_admin', { password: 'x', grants: new Set() })
  await kube.create(kinds.secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'finia-db-admin', namespace }, stringData } as KubeObject)
  await kube.patch({ resource: kinds.instance, namespace, name: 'home' }, { metadata: { annotations: { 'example.com/look': 'again' } } })
  await untilReady(namespace, 'home')
  expect(await conditionOf(namespace, 'home', 'Stalled')).toBeUndefined()
  await kube.delete({ resource: kinds.instance, namespace, name: 'home' })
  await until('the instance is gone', 20_000, async () => (await get(kinds.instance, 'home')) === undefined)
  expect(servers.at('db.example.com').owner).toBeUndefined()
  await stop(operator)
})
