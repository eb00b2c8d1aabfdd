import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Replicas, type Times } from '../../api/limits/replicas.ts'
import { mysqlStore } from '../../api/operations/mysql.ts'
import { systemClock, systemStopwatch } from '../../api/system.ts'
import { anApi, noLog, someDatabases, someSettings, type TestApi } from './environment.ts'
import { anOperationsDatabase } from './operations-database.ts'
import { eventually } from './process.ts'

const limit = 40
const quick: Times = { beat: 200, hurry: 50, life: 1_500, calm: 500 }

interface Replica {
  readonly api: TestApi
  readonly peers: Replicas
  readonly leave: () => Promise<void>
}

describe('two replicas of one Deployment, and one of another, on the same operations database', () => {
  let one: Replica
  let two: Replica
  let stranger: Replica

  beforeAll(async () => {
    const ops = await anOperationsDatabase()
    const settings = { ...someSettings({ api: { requests_per_minute: limit, max_replicas: 3 } }), edgeKey: 'key of the edge' }
    const key = randomBytes(32)
    const aReplica = async (deployment: string): Promise<Replica> => {
      const [service, databases] = [someDatabases(), someDatabases()]
      const store = mysqlStore(service.open(ops))
      const me = { id: randomBytes(8).toString('hex'), deployment, maxReplicas: 3, total: 20 }
      const peers = new Replicas(me, { store, pools: databases, clock: systemClock, stopwatch: systemStopwatch, log: noLog }, quick)
      const api = await anApi({ settings, key, store, databases, peers })
      // the document that answers are held to is fetched with the first one, and would be refused later
      await api.app.inject({ url: '/api/health' })
      let left = false
      const leave = async () => {
        if (left) return
        left = true
        await api.close()
        await api.deps.operations.leave()
        await service.close()
      }
      return { api, peers, leave }
    }
    one = await aReplica('home-api')
    two = await aReplica('home-api')
    stranger = await aReplica('shop-api')
  })
  afterAll(() => Promise.all([one, two, stranger].map((replica) => replica.leave())))

  const own = (replica: Replica) => async () => replica.peers.own
  /** As many as are asked for, at the replicas in turn and all at once, of one client; how many got in. */
  const admitted = async (count: number, address: string, replicas: readonly Replica[]): Promise<number> => {
    const headers = { 'x-real-ip': address, 'x-finia-edge-key': 'key of the edge' }
    const asked = Array.from({ length: count / replicas.length }, () => replicas.map(({ api }) => api.app.inject({ url: '/api/accounts/list', headers })))
    const answers = await Promise.all(asked.flat())
    expect(new Set(answers.map((answer) => answer.statusCode)).isSubsetOf(new Set([401, 429]))).toBe(true)
    return answers.filter((answer) => answer.statusCode === 401).length
  }

  test('divide what one client may send, and one alone lets all of it pass again after the other is gone', async () => {
    for (const replica of [one, two]) await eventually(own(replica), (count) => count === 2)
    await eventually(own(stranger), (count) => count === 1)
    expect(await admitted(100, '192.0.2.1', [one, two])).toBe(limit)
    expect(await admitted(100, '192.0.2.2', [one])).toBe(limit / 2)
    expect(await admitted(100, '192.0.2.1', [stranger])).toBe(limit)
    await two.leave()
    await eventually(own(one), (count) => count === 1)
    expect(await admitted(100, '192.0.2.3', [one])).toBe(limit)
    // and what was counted before counts on
    expect(await admitted(100, '192.0.2.2', [one])).toBe(limit / 2)
  })
})
