import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/deps.ts'
import { kinds } from '../../../operator/resources/kinds.ts'
import { type Fate, Model } from '../../support/rotation.ts'

const hour = 3_600_000
const names = ['first', 'second', 'third'] as const

type Act = (model: Model) => void | Promise<void>

const name = fc.constantFrom(...names)
const fates = fc.array(fc.constantFrom<Fate>('done', 'before', 'after'), { maxLength: 2 })
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(name, fates).map(
      ([who, writes]): Act =>
        (model) =>
          model.operate(who, writes),
    ),
  },
  { weight: 3, arbitrary: fc.constant<Act>((model) => model.pods.reconcileInstance()) },
  { weight: 6, arbitrary: fc.constant<Act>((model) => model.pods.roll()) },
  { weight: 2, arbitrary: fc.constant<Act>((model) => model.pods.roll(true)) },
  { weight: 2, arbitrary: fc.constant<Act>((model) => model.pods.leave()) },
  {
    weight: 1,
    arbitrary: fc.nat(4).map(
      (index): Act =>
        (model) =>
          model.pods.restart(index),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 30 }).map(
      (hours): Act =>
        (model) =>
          model.world.clock.advance(hours * hour),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (who): Act =>
        (model) =>
          model.ask(who),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (who): Act =>
        (model) =>
          model.forget(who),
    ),
  },
)

/** A fair turn for everybody, until all that was asked for has ended. */
async function settle(model: Model): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    for (const who of names) await model.operate(who)
    await model.pods.reconcileInstance()
    for (let act = 0; act < 10; act += 1) {
      model.pods.roll()
      model.pods.leave()
      await model.check()
    }
    // A person does as the message says.
    for (let index = 0; index < 4; index += 1) model.pods.restart(index)
    if (names.every((who) => ['Succeeded', undefined].includes(model.find(who)?.status?.state) && (model.find(who)?.status?.state ?? !model.find(who)))) return
  }
  throw new Error(`still not over: ${JSON.stringify(names.map((who) => model.find(who)?.status))}`)
}

test('whatever happens in whatever order, at no moment is a session lost, and every rotation ends', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(acts, { minLength: 20, maxLength: 80 }), async (replicas, schedule) => {
      const model = new Model(replicas)
      await model.pods.start()
      model.ask('first')
      for (const act of schedule) {
        await act(model)
        await model.check()
      }
      model.ask('third')
      await settle(model)
      expect(model.kids[0]).toMatch(/^uid-of-/)
    }),
    { numRuns: 100 },
  )
})

/** Reconciles and rolls until the operation has ended. */
async function rotate(model: Model, who: string): Promise<readonly string[]> {
  model.ask(who)
  const steps: string[] = []
  for (let round = 0; round < 60 && model.find(who)?.status?.state !== 'Succeeded'; round += 1) {
    await model.operate(who)
    const step = model.find(who)?.status?.step ?? ''
    if (steps.at(-1) !== step) steps.push(step)
    await model.pods.reconcileInstance()
    model.pods.roll()
    model.pods.leave()
    await model.check()
  }
  return steps
}

test('a rotation goes its steps, leaves the old key, and the next one after the lifetime of a session drops it', async () => {
  const model = new Model(2)
  await model.pods.start()
  expect(await rotate(model, 'first')).toEqual(['AddKey', 'TeachKey', 'UseKey', 'NoteOldKeys', 'Done'])
  expect(model.kids).toEqual(['uid-of-first-1', 'original'])
  await rotate(model, 'second')
  expect(model.kids).toEqual(['uid-of-second-2', 'uid-of-first-1', 'original'])
  await model.world.clock.advance(25 * hour)
  await rotate(model, 'third')
  expect(model.kids).toEqual(['uid-of-third-3', 'uid-of-second-2'])
  expect(model.world.events).toEqual(['Started', 'Succeeded', 'Started', 'Succeeded', 'Started', 'Succeeded'])
})

test('the lifetime of old sessions begins when the last pod has stopped to seal under the old key', async () => {
  const model = new Model(2)
  await model.pods.start()
  model.ask('first')
  const isPromoted = () => model.kids[0] === 'uid-of-first-1'
  for (let round = 0; round < 60 && !isPromoted(); round += 1) {
    await model.operate('first')
    await model.pods.reconcileInstance()
    model.pods.roll()
    model.pods.leave()
  }
  expect(isPromoted()).toBe(true)
  // A rollout that stands for a day, and pods that go on sealing under the old key.
  for (let look = 0; look < 3; look += 1) await model.operate('first')
  await model.world.clock.advance(23 * hour)
  await model.check()
  await rotate(model, 'first')
  await model.world.clock.advance(3 * hour)
  await rotate(model, 'second')
  expect(model.kids).toContain('original')
})

test('a rotation that waits says for which pods', async () => {
  const model = new Model(2)
  await model.pods.start()
  model.ask('first')
  await model.operate('first')
  await model.pods.reconcileInstance()
  for (let act = 0; act < 3; act += 1) model.pods.roll()
  await model.operate('first')
  expect(model.find('first')?.status?.conditions?.[0]?.message).toBe(
    'Every API pod must know the new key before one encrypts with it: 1 of 3 API pods were started with them (not home-api-1, which is leaving; home-api-2)',
  )
})

test('what is no key set is not touched, and the sentence says how to get a new one', async () => {
  const model = new Model(1)
  await model.pods.start()
  const broken = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'home-keys', namespace: 'finance' }, data: { 'session-keys': 'e30=' } }
  model.world.kube.put(kinds.secret, broken as KubeObject)
  model.ask('first')
  const writes = model.world.kube.writes.length
  await model.operate('first')
  expect(model.find('first')?.status?.conditions?.[0]).toMatchObject({
    reason: 'KeysUnreadable',
    message: 'The Secret "home-keys" holds no JWK set under "session-keys": take that key out of it, so that the operator makes one (everybody signs in again)',
  })
  expect(model.world.kube.writes.slice(writes)).toEqual(['patchStatus FiniaOperation first'])
})
