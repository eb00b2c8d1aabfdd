import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock, Kube, KubeObject, Log, ObjectRef, Resource, Stopwatch } from '../../../operator/deps.ts'
import { Leader, LeadershipLost } from '../../../operator/runtime/leader.ts'
import { microTime } from '../../../operator/runtime/lease.ts'
import { FakeClock } from '../../support/clock.ts'
import { seededRandom } from '../../support/random.ts'

const log: Log = { debug() {}, info() {}, warn() {}, error() {} }

class Refused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`refused with ${status}`)
    this.status = status
  }
}

type Mood = 'well' | 'failing' | 'silent' | 'forgetful'

/** One Lease, with versions and conflicts, as the API server keeps it. */
class Leases {
  lease: KubeObject | undefined
  #version = 0

  /** The API server as one candidate sees it; `forgetful` carries out what it is asked for and loses the answer. */
  seenBy(mood: () => Mood): Kube {
    const call = async <T>(work: () => T): Promise<T> => {
      await Promise.resolve()
      if (mood() === 'failing') throw new Refused(500)
      if (mood() === 'silent') return await new Promise<T>(() => {})
      const answer = work()
      if (mood() === 'forgetful') throw new Refused(0)
      return answer
    }
    const unused = () => Promise.reject(new Error('a lease is only read, created and patched'))
    return {
      get: <T extends KubeObject>() => call(() => this.lease as T | undefined),
      create: <T extends KubeObject>(_: Resource, manifest: KubeObject) => call(() => (this.lease ? undefined : (this.#write(manifest) as T))),
      patch: <T extends KubeObject>(_: ObjectRef, patch: object) => call(() => this.#patch(patch as KubeObject) as T),
      apply: unused,
      patchStatus: unused,
      delete: unused,
    }
  }

  #patch(patch: KubeObject): KubeObject {
    if (!this.lease) throw new Refused(404)
    if (patch.metadata.resourceVersion !== this.lease.metadata.resourceVersion) throw new Refused(409)
    return this.#write({ ...this.lease, ...patch, metadata: { ...this.lease.metadata, ...patch.metadata } })
  }

  #write(object: KubeObject): KubeObject {
    this.lease = { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: `${++this.#version}` } }
    return this.lease
  }
}

/** A candidate that begins again under a new name whenever it has lost, as a pod does. */
const candidate = (leases: Leases, base: FakeClock, name: string) => {
  const state = { mood: 'well' as Mood, skew: 0, leader: undefined as Leader | undefined, leading: false }
  const clock: Clock & Stopwatch = {
    now: () => new Date(base.now().getTime() + state.skew),
    elapsed: () => base.elapsed(),
    sleep: (milliseconds, signal) => base.sleep(milliseconds, signal),
  }
  const stop = new AbortController()
  const live = async () => {
    for (let life = 0; !stop.signal.aborted; life++) {
      const leader = new Leader({
        kube: leases.seenBy(() => state.mood),
        clock,
        random: seededRandom(life),
        log,
        namespace: 'n',
        name: 'lease',
        identity: `${name}-${life}`,
      })
      state.leader = leader
      try {
        await leader.acquire(stop.signal)
        state.leading = true
        await leader.keep(stop.signal)
      } catch (error) {
        if (!stop.signal.aborted && !(error instanceof LeadershipLost)) throw error
      }
      state.leading = false
    }
  }
  return { state, stop, done: live() }
}

describe('the election of a leader', () => {
  test('never lets two write at once, whatever fails, hangs, or happens to their wall clocks, and finds a leader afterwards', async () => {
    const who = fc.constantFrom(0, 1, 2)
    const command = fc.oneof(
      fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ do: fc.constant('mood' as const), who, mood: fc.constantFrom<Mood>('well', 'failing', 'silent', 'forgetful') }),
      fc.record({ do: fc.constant('skew' as const), who, minutes: fc.integer({ min: -90, max: 90 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25, size: 'max' }), async (commands) => {
        const clock = new FakeClock()
        const leases = new Leases()
        const candidates = ['a', 'b', 'c'].map((name) => candidate(leases, clock, name))
        const pass = async (seconds: number) => {
          for (let step = 0; step < seconds * 2; step++) {
            await clock.advance(500)
            expect(candidates.filter(({ state }) => state.leader?.holds).length).toBeLessThanOrEqual(1)
          }
        }
        for (const one of commands) {
          const state = 'who' in one ? candidates[one.who]?.state : undefined
          if (one.do === 'pass') await pass(one.seconds)
          if (one.do === 'mood' && state) state.mood = one.mood
          if (one.do === 'skew' && state) state.skew = one.minutes * 60_000
        }
        for (const { state } of candidates) state.mood = 'well'
        await pass(40)
        expect(candidates.filter(({ state }) => state.leading && state.leader?.holds)).toHaveLength(1)
        for (const { stop } of candidates) stop.abort()
        await clock.advance(20_000)
        await Promise.all(candidates.map(({ done }) => done))
      }),
      { numRuns: 25 },
    )
  }, 30_000)

  test('a leader that cannot renew may not write from the deadline on, before anybody told it, and then gives up', async () => {
    const clock = new FakeClock()
    const one = candidate(new Leases(), clock, 'a')
    await clock.advance(5_000)
    expect(() => one.state.leader?.assertHeld()).not.toThrow()
    one.state.mood = 'silent'
    await clock.advance(10_000)
    expect(() => one.state.leader?.assertHeld()).toThrow('the leadership is lost')
    await clock.advance(3_000)
    expect(one.state.leading).toBe(false)
    one.stop.abort()
    await clock.advance(20_000)
    await one.done
  })

  test('times of a Lease have six digits after the point', () => {
    expect(microTime(new Date('2026-01-02T03:04:05.678Z'))).toBe('2026-01-02T03:04:05.678000Z')
  })
})
