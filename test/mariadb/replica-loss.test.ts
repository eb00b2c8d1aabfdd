import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Login } from '../../api/db/databases.ts'
import { migrate } from '../../api/db/migrations/run.ts'
import { aUser, someDatabases } from './environment.ts'
import { eventually, inFolder } from './process.ts'
import { type ReplicaProcess, replicaProcesses, signIn } from './replica-processes.ts'

const client = '192.0.2.1'

describe('two replicas as processes', () => {
  let user: Login
  let replicas: readonly ReplicaProcess[]
  let finish: () => void
  let done: Promise<void>

  beforeAll(async () => {
    user = await aUser()
    const databases = someDatabases()
    await migrate(databases.open(user), { labels: ['expand', 'contract'], dryRun: false })
    await databases.close()
    const held = Promise.withResolvers<void>()
    const started = Promise.withResolvers<readonly ReplicaProcess[]>()
    finish = held.resolve
    done = inFolder(async (folder) => {
      // the load comes from one client
      started.resolve(replicaProcesses(folder, 2, { API_RATE_LIMIT: '0' }))
      await held.promise
    })
    replicas = await started.promise
  })
  afterAll(async () => {
    for (const { program } of replicas) program.child.kill('SIGKILL')
    await Promise.all(replicas.map(({ program }) => program.exit))
    finish()
    await done
  })

  const at = (index: number): ReplicaProcess => {
    const replica = replicas[index]
    if (!replica) throw new Error(`no replica ${index}`)
    return replica
  }
  const statusAt = async (index: number, token: string): Promise<number> => {
    const answer = await at(index).ask('/api/accounts/list', client, { token })
    await answer.arrayBuffer()
    return answer.status
  }

  test('a session of one is good at the other, and ends there within a second of a logout', async () => {
    const token = await signIn(at(0), user.username, user.password, client)
    expect([await statusAt(0, token), await statusAt(1, token)]).toEqual([200, 200])
    expect((await at(0).ask('/api/auth/logout', client, { token, body: {} })).status).toBe(200)
    const out = performance.now()
    await eventually(
      () => statusAt(1, token),
      (status) => status === 401,
    )
    expect(performance.now() - out).toBeLessThan(1_100)
  })

  test('under fifty requests a second over both, one that is killed fails nobody but those whose connection it cut', async () => {
    const token = await signIn(at(0), user.username, user.password, client)
    const requests: Promise<{ replica: number; startedAt: number; outcome: number | 'cut' }>[] = []
    const ask = async (replica: number) => {
      const startedAt = performance.now()
      return { replica, startedAt, outcome: await statusAt(replica, token).catch(() => 'cut' as const) }
    }
    const [begin, count, killAfter] = [performance.now(), 300, 100]
    let killedAt = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < count; turn++) {
      if (turn === killAfter) {
        at(1).program.child.kill('SIGKILL')
        killedAt = performance.now()
      }
      requests.push(ask(turn % 2))
      await sleep(Math.max(0, begin + (turn + 1) * 20 - performance.now()))
    }
    const answers = await Promise.all(requests)
    expect(new Set(answers.filter(({ replica }) => replica === 0).map(({ outcome }) => outcome))).toEqual(new Set([200]))
    const other = answers.filter(({ replica }) => replica === 1)
    expect(new Set(other.map(({ outcome }) => outcome))).toEqual(new Set([200, 'cut']))
    // whoever was answered before the kill was answered well, and after it nobody is there
    for (const { startedAt, outcome } of other) if (startedAt < killedAt - 1_000) expect(outcome).toBe(200)
    expect(other.filter(({ startedAt }) => startedAt > killedAt).every(({ outcome }) => outcome === 'cut')).toBe(true)
    expect(await at(0).isReady()).toBe(true)
    const elapsed = (performance.now() - begin) / 1_000
    expect(count / elapsed).toBeGreaterThan(40)
  })

  test('the one that is left goes on to let people in', async () => {
    const token = await signIn(at(0), user.username, user.password, client)
    expect(await statusAt(0, token)).toBe(200)
  })
})
