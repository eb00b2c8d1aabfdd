import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock, KubeObject, Resource, Stopwatch } from '../../operator/deps.ts'
import { Reflector } from '../../operator/runtime/reflector.ts'
import { type Change, ObjectStore } from '../../operator/runtime/store.ts'
import { systemClock } from '../../operator/runtime/system-clock.ts'
import { FakeClock } from '../support/clock.ts'
import { seededRandom } from '../support/random.ts'
import { apiServer, connect, freshNamespace, grantOperator, silentLog, startApiServer, stopApiServer, until } from './environment.ts'
import { FaultProxy, type Rule } from './fault-proxy.ts'

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' }

const direct = connect()
let namespace: string
let proxy: FaultProxy
let stopReflector: () => Promise<void>
let changes: string[]
let store: ObjectStore
let reflector: Reflector

const tell = (change: Change): string => `${change.type} ${('now' in change ? change.now : change.before).metadata.name}`

const write = (name: string, value = 'x') =>
  direct.kube.apply(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } } as KubeObject)
const remove = (name: string) => direct.kube.delete({ resource: configMaps, namespace, name })

const identities = (objects: Iterable<KubeObject>) => [...objects].map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).sort()

const onServer = async () => identities((await direct.lists.list(configMaps, { namespace }, {}, AbortSignal.timeout(10_000))).items)

/** Waits until the store is what the API server has. */
const equal = async (milliseconds = 20_000) => {
  await until('the store equals the server', milliseconds, async () => JSON.stringify(identities(store.list(namespace))) === JSON.stringify(await onServer()))
}

const start = async (rules: readonly Rule[] = [], clock: Clock & Stopwatch = systemClock, token = apiServer().adminToken) => {
  proxy = await FaultProxy.start(apiServer())
  proxy.arm(...rules)
  const client = connect({ url: proxy.url, clock, token })
  store = new ObjectStore()
  changes = []
  const deps = { lists: client.lists, clock, random: seededRandom(1), log: silentLog }
  reflector = new Reflector(deps, { resource: configMaps, scope: { namespace }, store, changed: (change) => changes.push(tell(change)) })
  const stop = new AbortController()
  const running = reflector.run(stop.signal)
  stopReflector = async () => {
    stop.abort()
    await running
    client.close()
    await proxy.stop()
  }
}

const lists = () => proxy.seen({ resource: 'configmaps' }).filter(({ verb, query }) => verb === 'list' || query.get('sendInitialEvents') === 'true')

beforeEach(async () => {
  namespace = await freshNamespace('watch')
  await write('a')
  await write('b')
})
afterEach(() => stopReflector())

describe('a reflector', () => {
  test('sees what is there and then every change', async () => {
    await start()
    await until('the reflector is synced', 20_000, () => reflector.synced)
    expect(changes).toEqual(['added a', 'added b'])
    await write('c')
    await write('a', 'y')
    await remove('b')
    await equal()
    expect(changes).toEqual(['added a', 'added b', 'added c', 'updated a', 'deleted b'])
    expect(store.get(namespace, 'a')?.metadata).not.toHaveProperty('managedFields')
  })

  test('goes on from where it was when the connection is cut in the middle of a line', async () => {
    await start([{ verb: 'watch', resource: 'configmaps', act: { do: 'cutMidLine', afterLines: 3 } }])
    await until('the reflector is synced', 20_000, () => reflector.synced)
    await write('c')
    await write('d')
    await equal()
    expect([...new Set(changes)]).toEqual(['added a', 'added b', 'added c', 'added d'])
    expect(lists()).toHaveLength(1)
  })

  test('starts the list again when it is cut before its end', async () => {
    await start([{ verb: 'watch', resource: 'configmaps', act: { do: 'cutMidLine', afterLines: 1 } }])
    await equal()
    expect(changes).toEqual(['added a', 'added b'])
  })

  test('lists again after 410 and delivers what was deleted meanwhile', async () => {
    const gone = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 410, reason: 'Expired', message: 'too old resource version' }
    await start([
      { verb: 'watch', resource: 'configmaps', act: { do: 'cutMidLine', afterLines: 3 } },
      { verb: 'watch', resource: 'configmaps', nth: 2, act: { do: 'respond', status: 410, body: gone } },
    ])
    await until('the reflector is synced', 20_000, () => reflector.synced)
    // The line that is cut in half; what it told is seen in the list.
    await remove('a')
    await equal()
    expect(changes).toEqual(['added a', 'added b', 'deleted a'])
    expect(lists()).toHaveLength(2)
  })

  test('lists again after an ERROR event that says Expired', async () => {
    const line = { type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 410, reason: 'Expired', message: 'gone' } }
    await start([{ verb: 'watch', resource: 'configmaps', act: { do: 'sayAndEnd', afterLines: 3, line } }])
    await until('the store has both', 20_000, () => reflector.synced && lists().length === 2)
    await write('c')
    await equal()
    expect(lists()).toHaveLength(2)
  })

  test('tells a successor of the same name from the one it had', async () => {
    await start([{ verb: 'watch', resource: 'configmaps', act: { do: 'cutMidLine', afterLines: 3 } }])
    await until('the reflector is synced', 20_000, () => reflector.synced)
    await remove('a')
    await write('a', 'successor')
    await equal()
    expect(changes.slice(2)).toEqual(['deleted a', 'added a'])
  })

  test('waits as long as a busy server asks for, and does not list again', async () => {
    const busy = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 429, reason: 'TooManyRequests', message: 'storage is (re)initializing' }
    await start([
      { verb: 'watch', resource: 'configmaps', act: { do: 'cutMidLine', afterLines: 3 } },
      { verb: 'watch', resource: 'configmaps', nth: 2, act: { do: 'respond', status: 429, headers: { 'retry-after': '2' }, body: busy } },
    ])
    await until('the reflector is synced', 20_000, () => reflector.synced)
    await write('c')
    await until('the 429 was answered', 10_000, () => proxy.requests.some(({ status }) => status === 429))
    const refused = performance.now()
    await equal()
    expect(performance.now() - refused).toBeGreaterThan(1_900)
    expect(lists()).toHaveLength(1)
  })

  test('falls back to pages where lists cannot be streamed, and half of a list is no list', async () => {
    const invalid = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 422, reason: 'Invalid', message: 'sendInitialEvents is forbidden' }
    const failed = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, reason: 'InternalError', message: 'page two fails' }
    const expired = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 410, reason: 'Expired', message: 'the continue token is too old' }
    const { kube } = direct
    for (let index = 0; index < 502; index++) {
      await kube.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${index}`, namespace } })
    }
    await start([
      { verb: 'watch', resource: 'configmaps', act: { do: 'respond', status: 422, body: invalid } },
      { verb: 'list', resource: 'configmaps', nth: 2, act: { do: 'respond', status: 500, body: failed } },
      { verb: 'watch', resource: 'configmaps', nth: 2, act: { do: 'sayAndEnd', afterLines: 0, line: { type: 'ERROR', object: expired } } },
      { verb: 'list', resource: 'configmaps', nth: 6, act: { do: 'respond', status: 410, body: expired } },
    ])
    await until('the reflector is synced', 20_000, () => reflector.synced)
    expect(changes).toHaveLength(504)
    // The watch says something only when something happens; then it is told that it is too old, and lists in two pages of which the second fails.
    await write('z')
    await until('the list was asked for three times, in two pages', 20_000, () => proxy.seen({ verb: 'list' }).length === 8)
    await equal()
    expect(changes.at(-1)).toBe('added z')
    expect(changes.filter((change) => change.startsWith('deleted'))).toEqual([])
  })

  test('survives a restart of the API server with at most one list more', async () => {
    await start()
    await until('the reflector is synced', 20_000, () => reflector.synced)
    await stopApiServer()
    await startApiServer()
    await write('c')
    await remove('a')
    await equal(40_000)
    expect(changes.slice(2).sort()).toEqual(['added c', 'deleted a'])
    expect(lists().length).toBeLessThanOrEqual(2)
  })

  test('finds out that its connection fell silent and goes on where it was', async () => {
    const clock = new FakeClock()
    await start([], clock)
    await until('the reflector is synced', 20_000, () => reflector.synced)
    proxy.freeze()
    await write('c')
    // 30 s until the PING, 15 s for its answer, at most 2 s of back-off.
    await clock.advance(45_000)
    await until('the back-off began', 10_000, () => clock.sleepers === 1)
    await clock.advance(2_000)
    await equal()
    expect(lists()).toHaveLength(1)
  })

  test('waits, without asking all the time, for the right to see a kind', async () => {
    const clock = new FakeClock()
    await start([], clock, apiServer().operatorTokens[0])
    await until('the reflector was refused', 10_000, () => proxy.requests.some(({ status }) => status === 403) && clock.sleepers === 2)
    await clock.advance(29_000)
    expect(lists()).toHaveLength(1)
    expect(reflector.synced).toBe(false)
    await grantOperator('watch-config-maps', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }])
    await until('the right is known', 20_000, async () => {
      await clock.advance(60_000)
      return reflector.synced
    })
    await equal()
  })

  test('survives connections that break', async () => {
    await start()
    await until('the reflector is synced', 20_000, () => reflector.synced)
    proxy.breakConnections()
    await write('c')
    await equal()
    expect(lists()).toHaveLength(1)
  })
})
