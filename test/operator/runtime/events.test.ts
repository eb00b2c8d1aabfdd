import { describe, expect, test } from 'vitest'
import type { Kube, KubeObject } from '../../../operator/deps.ts'
import { EventRecorder } from '../../../operator/runtime/events.ts'
import { FakeClock } from '../../support/clock.ts'
import { seededRandom } from '../../support/random.ts'

const owner = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n', uid: `uid-${name}` } })
const what = (note: string) => ({ type: 'Normal', reason: 'Applied', action: 'Apply', note }) as const

/** `answer` decides what each write comes to; it throws to fail. */
const start = (answer: (verb: string) => void = () => {}) => {
  const clock = new FakeClock()
  const written: { verb: string; body: object }[] = []
  const dropped: object[] = []
  const write = (verb: string, body: object) => {
    answer(verb)
    written.push({ verb, body })
  }
  const unused = () => Promise.reject(new Error('an event is only created and patched'))
  const kube: Kube = {
    get: unused,
    apply: unused,
    patchStatus: unused,
    delete: unused,
    create: async (_, manifest) => {
      write('create', manifest)
      return undefined
    },
    patch: async <T>(_: unknown, patch: object) => {
      write('patch', patch)
      return patch as T
    },
  }
  const log = { debug() {}, info() {}, error() {}, warn: (fields: object) => dropped.push(fields) }
  const recorder = new EventRecorder({ kube, clock, random: seededRandom(1), log, reporter: { controller: 'finia.io/test', instance: 'pod-1' } })
  return { clock, recorder, written, dropped }
}

const refusal = (status: number) => Object.assign(new Error(`refused with ${status}`), { status })

describe('the recorder of events', () => {
  test('writes the first one, counts the same within six minutes, and begins anew after that', async () => {
    const { clock, recorder, written } = start()
    recorder.publish(owner('a'), what('x'))
    await clock.advance(60_000)
    recorder.publish(owner('a'), what('x'))
    await clock.advance(361_000)
    recorder.publish(owner('a'), what('x'))
    await clock.advance(0)
    expect(written.map(({ verb }) => verb)).toEqual(['create', 'patch', 'create'])
    expect(written[0]?.body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      metadata: { namespace: 'n', name: expect.stringMatching(/^a\.[0-9a-f]{16}$/) },
      eventTime: '2026-01-01T12:00:00.000000Z',
      reportingController: 'finia.io/test',
      reportingInstance: 'pod-1',
      ...what('x'),
      regarding: { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'n', uid: 'uid-a' },
    })
    expect(written[1]?.body).toEqual({ series: { count: 2, lastObservedTime: '2026-01-01T12:01:00.000000Z' } })
  })

  test('lets a flapping object say only so much, and others go on', async () => {
    const { clock, recorder, written } = start()
    for (let index = 0; index < 100; index++) recorder.publish(owner('flapping'), what(`note ${index}`))
    recorder.publish(owner('calm'), what('x'))
    await clock.advance(0)
    expect(written).toHaveLength(26)
  })

  test('publishing never fails or waits, and a refused event is dropped at once', async () => {
    const { clock, recorder, written, dropped } = start(() => {
      throw refusal(403)
    })
    recorder.publish(owner('a'), what('x'))
    expect(written).toEqual([])
    await clock.advance(0)
    expect(dropped).toEqual([{ error: 'refused with 403' }])
  })

  test('tries again while the API server is away, and a last time before the end', async () => {
    let attempts = 0
    const { clock, recorder, written, dropped } = start(() => {
      if (++attempts < 3) throw refusal(0)
    })
    recorder.publish(owner('a'), what('x'))
    await clock.advance(10_000)
    expect([attempts, written.length]).toEqual([2, 0])
    const flushed = recorder.flush(3_000)
    await clock.advance(0)
    await flushed
    expect([attempts, written.length, dropped]).toEqual([3, 1, []])
  })

  test('holds a bounded number while the API server is away', async () => {
    let attempts = 0
    const { clock, recorder } = start(() => {
      attempts++
      throw refusal(0)
    })
    for (let index = 0; index < 3_000; index++) recorder.publish(owner(`o${index}`), what('x'))
    const flushed = recorder.flush(3_000)
    await clock.advance(3_000)
    await flushed
    expect(attempts).toBeLessThanOrEqual(1_001)
    expect(attempts).toBeGreaterThan(900)
  })
})
