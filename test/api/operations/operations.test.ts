import { expect, test } from 'vitest'
import type { Peers } from '../../../api/limits/replicas.ts'
import { memoryStore } from '../../../api/operations/memory.ts'
import { operationsOn } from '../../../api/operations/operations.ts'
import type { OperationsStore } from '../../../api/operations/store.ts'

const clock = { now: () => new Date('2026-01-01T12:00:00Z'), sleep: async () => {} }
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const auth = { idleSeconds: 60, expirySeconds: 3600, maxLoginAttempts: 5, maxLoginAttemptsPerAddress: 50, windowSeconds: 900 }
const settings = { ...auth, poolSize: 2, poolTotal: 90, poolIdleSeconds: 60, usernamePrefix: '', databasePrefix: 'finiaDB_' }

/** Peers that note what they are told. */
const somePeers = (part: number) => {
  const told: string[] = []
  const peers: Peers = { own: 1, part, run: async () => void told.push('run'), leave: async () => void told.push('leave') }
  return { peers, told }
}

test('a replica is ready once its tables are there, it has its part of the connections, and the database answers', async () => {
  const { signal } = new AbortController()
  const readyWith = async (part: number, changes: Partial<OperationsStore> = {}) => {
    const operations = operationsOn({ ...memoryStore(), ...changes }, clock, log, settings, somePeers(part).peers)
    const before = await operations.isReady()
    await operations.start(signal)
    return [before, await operations.isReady()]
  }
  expect(await readyWith(1)).toEqual([false, true])
  expect(await readyWith(0)).toEqual([false, false])
  expect(await readyWith(1, { ping: () => Promise.reject(new Error('down')) })).toEqual([false, false])
})

test('the others learn of a replica once the tables are there, and that it leaves', async () => {
  const { peers, told } = somePeers(1)
  const tables = Promise.withResolvers<void>()
  const operations = operationsOn({ ...memoryStore(), prepare: () => tables.promise }, clock, log, settings, peers)
  const started = operations.start(new AbortController().signal)
  expect(told).toEqual([])
  tables.resolve()
  await started
  await operations.leave()
  expect(told).toEqual(['run', 'leave'])
})

test('a process that is told to stop before there are tables tells nobody of itself', async () => {
  const { peers, told } = somePeers(1)
  const operations = operationsOn({ ...memoryStore(), prepare: () => Promise.reject(new Error('down')) }, clock, log, settings, peers)
  await operations.start(AbortSignal.abort())
  expect([told, await operations.isReady()]).toEqual([[], false])
})
