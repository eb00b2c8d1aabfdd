import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject, Log } from '../../../operator/deps.ts'
import { Reflector } from '../../../operator/runtime/reflector.ts'
import { type Change, ObjectStore } from '../../../operator/runtime/store.ts'
import { FakeClock } from '../../support/clock.ts'
import { ModelServer, type Trouble } from '../../support/model-server.ts'
import { seededRandom } from '../../support/random.ts'

const log: Log = { debug() {}, info() {}, warn() {}, error() {} }
const things = { group: '', version: 'v1', plural: 'things', kind: 'Thing' }
const troubles: Trouble[] = ['cut', 'end', 'expired', 'expiredEvent', 'busy', 'forbidden', 'noStreaming', 'behind']

const start = (server: ModelServer, optional = false) => {
  const clock = new FakeClock()
  const store = new ObjectStore()
  const changes: Change[] = []
  const reflector = new Reflector(
    { lists: server, clock, random: seededRandom(3), log },
    { resource: things, scope: {}, store, optional, changed: (change) => changes.push(change) },
  )
  const stop = new AbortController()
  const running = reflector.run(stop.signal)
  const end = async () => {
    stop.abort()
    await running
  }
  return { clock, store, changes, reflector, end }
}

const identities = (objects: Iterable<KubeObject>) => [...objects].map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).sort()

/** What somebody knows who only heard of the changes. */
const heard = (changes: readonly Change[]): Map<string, KubeObject> => {
  const known = new Map<string, KubeObject>()
  for (const change of changes) {
    const { metadata } = 'now' in change ? change.now : change.before
    const before = known.get(metadata.name)
    // An addition of what is known, or a change of what is not, would be a lie.
    expect(before?.metadata.uid).toBe('before' in change ? change.before.metadata.uid : undefined)
    if (change.type === 'updated') expect(change.now.metadata.uid).toBe(change.before.metadata.uid)
    if ('now' in change) known.set(metadata.name, change.now)
    else known.delete(metadata.name)
  }
  return known
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replace' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('trouble' as const), trouble: fc.constantFrom(...troubles) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('interrupt' as const), trouble: fc.constantFrom(...troubles) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 0, max: 40 }) }) },
)

describe('a reflector', () => {
  test('whatever happens on the way, ends with the store that the server has, told as changes that add up to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 60, size: 'max' }), fc.integer({ min: 1, max: 10 }), async (commands, history) => {
        const server = new ModelServer(history)
        const { clock, store, changes, reflector, end } = start(server)
        for (const one of commands) {
          if (one.do === 'put' || one.do === 'replace') {
            if (one.do === 'replace') server.remove(one.name)
            server.put(one.name)
          }
          if (one.do === 'remove') server.remove(one.name)
          if (one.do === 'trouble') server.troubles.push(one.trouble)
          if (one.do === 'interrupt') server.interrupt(one.trouble)
          await clock.advance(one.do === 'pass' ? one.seconds * 1000 : 0)
        }
        for (let minute = 0; minute < 60 && !(server.troubles.length === 0 && reflector.synced); minute++) await clock.advance(60_000)
        await clock.advance(120_000)
        expect(identities(store.list(''))).toEqual(identities(server.objects.values()))
        expect(identities(heard(changes).values())).toEqual(identities(server.objects.values()))
        await end()
      }),
      { numRuns: 200 },
    )
  })

  test('does not list again for what a watch can tell', async () => {
    const server = new ModelServer(100)
    server.put('a')
    const { clock, end } = start(server)
    await clock.advance(0)
    for (const trouble of ['cut', 'end', 'busy'] as const) {
      server.put('b')
      await clock.advance(1_000)
      server.interrupt(trouble)
      server.remove('b')
      await clock.advance(60_000)
    }
    expect(server.requests).toEqual(['stream', 'watch@102', 'watch@104', 'watch@106'])
    await end()
  })

  test('knows nothing before the list is complete, and stays at what it knew while a new list is not', async () => {
    const server = new ModelServer(1)
    for (const one of ['a', 'b', 'c']) server.put(one)
    server.troubles.push('cut')
    const { clock, store, changes, reflector, end } = start(server)
    await clock.advance(0)
    expect([reflector.synced, changes]).toEqual([false, []])
    await clock.advance(10_000)
    expect([reflector.synced, [...store.list('')].length]).toEqual([true, 3])
    // The history is too short for what happens now, and the pages of the next list break: nothing may look deleted.
    server.troubles.push('noStreaming', 'busy', 'busy')
    server.interrupt('expired')
    await clock.advance(3_000)
    expect(changes.filter(({ type }) => type === 'deleted')).toEqual([])
    await clock.advance(60_000)
    expect(identities(store.list(''))).toEqual(identities(server.objects.values()))
    await end()
  })

  test('of a kind that the cluster lacks, is complete without an object, and sees them once the kind is there', async () => {
    const server = new ModelServer(10)
    server.put('a')
    for (let time = 0; time < 5; time++) server.troubles.push('absent')
    const { clock, store, changes, reflector, end } = start(server, true)
    await clock.advance(0)
    expect([reflector.synced, reflector.served]).toEqual([true, false])
    await clock.advance(120_000)
    expect([reflector.served, identities(store.list(''))]).toEqual([true, identities(server.objects.values())])
    // With its definition go all objects of a kind.
    server.troubles.push('absent', 'absent')
    server.interrupt('absent')
    await clock.advance(3_000)
    expect([reflector.served, [...store.list('')], [...heard(changes)]]).toEqual([false, [], []])
    await end()
  })

  test('of a kind that must be there, is not complete while the cluster lacks it', async () => {
    const server = new ModelServer(10)
    for (let time = 0; time < 9; time++) server.troubles.push('absent')
    const { clock, reflector, end } = start(server)
    await clock.advance(60_000)
    expect(reflector.synced).toBe(false)
    await end()
  })

  test('asks a server that has nothing to say at a falling rate', async () => {
    const server = new ModelServer(10)
    for (let time = 0; time < 500; time++) server.troubles.push('busy')
    const { clock, end } = start(server)
    await clock.advance(600_000)
    // 0.8 s, 1.6 s, … 30 s: about twenty-five in ten minutes.
    expect(server.requests.length).toBeLessThan(30)
    expect(server.requests.length).toBeGreaterThan(15)
    await end()
  })
})
