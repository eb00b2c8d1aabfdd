import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KubeObject, Resource } from '../../operator/deps.ts'
import { controllerOf, itself } from '../../operator/runtime/key.ts'
import { LeadershipLost } from '../../operator/runtime/leader.ts'
import { Manager } from '../../operator/runtime/manager.ts'
import { createMetrics } from '../../operator/runtime/metrics.ts'
import { systemClock } from '../../operator/runtime/system-clock.ts'
import { seededRandom } from '../support/random.ts'
import { apiServer, audited, auditMark, connect, freshNamespace, isWrite, silentLog, until } from './environment.ts'
import { FaultProxy } from './fault-proxy.ts'

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' }
const deployments: Resource = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' }
const events: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event' }
const times = { durationSeconds: 3, renewSeconds: 2, retrySeconds: 0.25 }

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const admin = connect()
afterAll(() => admin.close())
let namespace: string
let running: Candidate[]

beforeEach(async () => {
  namespace = await freshNamespace('manager')
  running = []
})
afterEach(async () => {
  for (const candidate of running) await candidate.end().catch(() => {})
})

interface Candidate {
  readonly manager: Manager
  /** Keys as they were reconciled. */
  readonly reconciled: string[]
  readonly done: Promise<void>
  readonly end: () => Promise<void>
}

/** A small operator: gives each Deployment a ConfigMap that says who wrote it. */
const candidate = (identity: string, url = apiServer().url): Candidate => {
  const client = connect({ url, userAgent: `finia-tests-${identity}` })
  const manager = new Manager({
    client: client.kube,
    lists: client.lists,
    clock: systemClock,
    random: seededRandom(identity.length),
    log: silentLog,
    metrics: createMetrics(),
    namespaces: [namespace],
    identity,
    reporter: 'finia.io/test',
    lease: { namespace, name: 'lease', times },
    probes: { port: 0, host: '127.0.0.1' },
    graceSeconds: 5,
  })
  const reconciled: string[] = []
  const controller = manager.controller({
    name: 'test',
    reconcile: async (key) => {
      reconciled.push(key.name)
      const owner = manager.cache.get({ resource: deployments, ...key })
      if (owner === undefined) return {}
      const child = manager.cache.get<ConfigMap>({ resource: configMaps, ...key })
      if (child?.data?.['for'] === owner.metadata.uid) return {}
      const { name, uid = '' } = owner.metadata
      await manager.kube.apply(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }] },
        data: { for: uid, by: identity },
      } as KubeObject)
      manager.events.publish(owner, { type: 'Normal', reason: 'Applied', action: 'Apply', note: `the settings of ${name} were applied` })
      return {}
    },
  })
  manager.watch(deployments, {}, [{ controller, keys: itself }])
  manager.watch(configMaps, {}, [{ controller, keys: controllerOf({ group: 'apps', kind: 'Deployment' }) }])
  const stop = new AbortController()
  const done = manager.run(stop.signal)
  done.catch(() => {})
  const end = async () => {
    stop.abort()
    await done.finally(() => client.close())
  }
  const made = { manager, reconciled, done, end }
  running.push(made)
  return made
}

const deploy = (name: string) =>
  admin.kube.apply(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } } },
  } as KubeObject)

const child = async (name: string) => (await admin.kube.get<ConfigMap>({ resource: configMaps, namespace, name }))?.data?.['by']

const ask = async ({ manager }: Candidate, path: string) => {
  const response = await fetch(`http://127.0.0.1:${manager.port}${path}`)
  return { status: response.status, text: await response.text() }
}

describe('a manager', () => {
  test('reconciles what is there and what comes, repairs a child that was changed, and then writes nothing but its lease', async () => {
    await deploy('first')
    const one = candidate('one')
    await until('the first is reconciled', 20_000, async () => (await child('first')) === 'one')
    await deploy('second')
    await until('the second is reconciled', 10_000, async () => (await child('second')) === 'one')
    await admin.kube.patch({ resource: configMaps, namespace, name: 'second' }, { data: { for: 'nobody', by: 'a stranger' } })
    await until('the drift is repaired', 10_000, async () => (await child('second')) === 'one')
    // The second one was told twice.
    await until('the events are told', 10_000, async () => {
      const told = (await admin.lists.list(events, { namespace }, {}, AbortSignal.timeout(5_000))).items
      return told.length === 2 && told.some((event) => 'series' in event && event.series)
    })
    const mark = await auditMark()
    const runs = one.reconciled.length
    await until('a few renewals passed', 20_000, async () => (await audited(mark, { userAgent: 'finia-tests-one', resource: 'leases' })).length >= 6)
    const writes = (await audited(mark, { userAgent: 'finia-tests-one' })).filter(isWrite)
    expect(new Set(writes.map(({ verb, resource }) => `${verb} ${resource}`))).toEqual(new Set(['patch leases']))
    expect(one.reconciled.length).toBe(runs)
    expect(await ask(one, '/readyz')).toEqual({ status: 200, text: 'ok\n' })
    const { text } = await ask(one, '/metrics')
    expect(text).toContain('leader_election_master_status{name="lease"} 1')
    expect(text).toMatch(/controller_runtime_reconcile_total\{controller="test",result="success"\} [1-9]/)
  })

  test('tells events once and counts repetitions', async () => {
    const one = candidate('one')
    const owner = await deploy('told')
    const all = async () => (await admin.lists.list(events, { namespace }, {}, AbortSignal.timeout(5_000))).items
    await until('the first event is there', 20_000, async () => (await all()).length === 1)
    const what = { type: 'Normal', reason: 'Applied', action: 'Apply', note: 'the settings of told were applied' } as const
    for (let time = 0; time < 3; time++) one.manager.events.publish(owner, what)
    await until('the repetitions are counted', 10_000, async () => (await all())[0] !== undefined && 'series' in ((await all())[0] ?? {}))
    const [event, ...others] = await all()
    expect(others).toEqual([])
    expect(event).toMatchObject({
      ...what,
      reportingController: 'finia.io/test',
      reportingInstance: 'one',
      regarding: { kind: 'Deployment', name: 'told', uid: owner.metadata.uid },
      series: { count: 4 },
    })
  })

  test('of two one leads; the other sees all, writes nothing, and takes over at once when the first one stops in good order', async () => {
    const mark = await auditMark()
    const one = candidate('one')
    await deploy('first')
    await until('the first is reconciled', 20_000, async () => (await child('first')) === 'one')
    const two = candidate('two')
    await until('the second one is warm', 20_000, () => two.manager.port !== undefined && two.manager.synced)
    expect((await ask(two, '/readyz')).status).toBe(200)
    expect(two.reconciled).toEqual([])
    expect((await audited(mark, { userAgent: 'finia-tests-two' })).filter(isWrite)).toEqual([])
    await one.end()
    const stopped = performance.now()
    await deploy('second')
    await until('the second one works', 10_000, async () => (await child('second')) === 'two')
    // Far below the duration of the lease: it was given back.
    expect(performance.now() - stopped).toBeLessThan(2_000)
  })

  test('a leader that cannot renew stops with an error before the other one begins', async () => {
    const proxy = await FaultProxy.start(apiServer())
    const one = candidate('one', proxy.url)
    await deploy('first')
    await until('the first is reconciled', 20_000, async () => (await child('first')) === 'one')
    const two = candidate('two')
    await until('the second one is warm', 20_000, () => two.manager.port !== undefined && two.manager.synced)
    proxy.arm(
      { verb: 'patch', resource: 'leases', times: 3, act: { do: 'respond', status: 500, body: 'broken' } },
      { verb: 'patch', resource: 'leases', nth: 4, act: { do: 'hold' } },
    )
    const armed = performance.now()
    await expect(one.done).rejects.toThrow(LeadershipLost)
    expect(performance.now() - armed).toBeLessThan(2_000 + 1_500)
    const seen = proxy.requests.length
    await expect(one.manager.kube.apply(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace } })).rejects.toThrow(
      LeadershipLost,
    )
    expect(proxy.requests.length).toBe(seen)
    await deploy('second')
    await until('the second one works', 20_000, async () => (await child('second')) === 'two')
    await proxy.stop()
  })
})
