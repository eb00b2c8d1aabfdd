import { expect, test } from 'vitest'
import { memoryStore } from '../../../api/operations/memory.ts'
import { Sessions } from '../../../api/operations/sessions.ts'
import type { OperationsStore } from '../../../api/operations/store.ts'

class Turned {
  time = Date.parse('2026-01-01T12:00:00Z')
  now = () => new Date(this.time)
  pass(seconds: number) {
    this.time += seconds * 1000
  }
}

/** A store that counts, in front of one that two replicas share. */
const counted = (store: OperationsStore) => {
  const calls = { reads: 0, writes: 0 }
  const counting: OperationsStore = {
    ...store,
    findSession: (id) => {
      calls.reads += 1
      return store.findSession(id)
    },
    touchSession: (id, at) => {
      calls.writes += 1
      return store.touchSession(id, at)
    },
  }
  return { counting, calls }
}

const twoReplicas = async (idleSeconds = 3600) => {
  const clock = new Turned()
  const { counting, calls } = counted(memoryStore())
  const [one, other] = [new Sessions(counting, clock, idleSeconds), new Sessions(counting, clock, idleSeconds)]
  await one.create('s', 'alice')
  return { clock, calls, one, other }
}

test('a hundred visits within a second read the row once, and activity is written once a minute', async () => {
  const { clock, calls, one } = await twoReplicas()
  await Promise.all(Array.from({ length: 100 }, () => one.visit('s')))
  expect(calls).toEqual({ reads: 1, writes: 0 })
  for (let second = 0; second < 180; second++) {
    clock.pass(1)
    await one.visit('s')
  }
  expect(calls.writes).toBe(3)
})

test('a session ended at one replica is gone there at once and at the other after a second', async () => {
  const { clock, one, other } = await twoReplicas()
  expect([await one.visit('s'), await other.visit('s')]).toEqual(['alive', 'alive'])
  await one.end('s')
  expect(await one.visit('s')).toBe('gone')
  clock.pass(1)
  expect(await other.visit('s')).toBe('gone')
})

test('a session ended while its row is being read does not come back', async () => {
  const clock = new Turned()
  const store = memoryStore()
  let release = () => {}
  const slow: OperationsStore = {
    ...store,
    findSession: async (id) => {
      const row = await store.findSession(id)
      await new Promise<void>((resolve) => (release = resolve))
      return row
    },
  }
  const sessions = new Sessions(slow, clock, 3600)
  await sessions.create('s', 'alice')
  const visit = sessions.visit('s')
  await new Promise((resolve) => setImmediate(resolve))
  await sessions.end('s')
  release()
  await visit
  expect(await sessions.visit('s')).toBe('gone')
})

test('a session that is used never times out, wherever it is used', async () => {
  const { clock, one, other } = await twoReplicas()
  for (let turn = 0; turn < 200; turn++) {
    clock.pass(3_590)
    expect(await (turn % 3 === 0 ? one : other).visit('s')).toBe('alive')
  }
})

test('activity at one replica that is not written yet does not let the other time the session out', async () => {
  const { clock, one, other } = await twoReplicas()
  clock.pass(59)
  await one.visit('s')
  clock.pass(3_595)
  expect(await other.visit('s')).toBe('alive')
})

test('a session that nobody uses is idle at most a minute after its time, and stays so', async () => {
  const { clock, one, other } = await twoReplicas()
  clock.pass(3_661)
  expect([await one.visit('s'), await other.visit('s'), await one.visit('s')]).toEqual(['idle', 'idle', 'idle'])
})

test('an unknown session is gone', async () => {
  expect(await (await twoReplicas()).one.visit('unknown')).toBe('gone')
})

test('a failed read is not remembered', async () => {
  const clock = new Turned()
  const store = memoryStore()
  let away = true
  const sessions = new Sessions({ ...store, findSession: (id) => (away ? Promise.reject(new Error('away')) : store.findSession(id)) }, clock, 3600)
  await sessions.create('s', 'alice')
  await expect(sessions.visit('s')).rejects.toThrow('away')
  away = false
  expect(await sessions.visit('s')).toBe('alive')
})
