import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Limits, LoginAttempts } from '../../../api/operations/login-attempts.ts'
import { memoryStore } from '../../../api/operations/memory.ts'

const start = Date.parse('2026-01-01T12:00:00Z')
const address = '192.0.2.1'

/** Attempts on a clock that moves when told, and by what is slept. */
const attemptsWith = (limits: Partial<Limits> = {}) => {
  const clock = {
    time: start,
    now: () => new Date(clock.time),
    sleep: async (milliseconds: number) => {
      clock.time += milliseconds
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
  const all = { maxLoginAttempts: 5, maxLoginAttemptsPerAddress: 0, windowSeconds: 900, ...limits }
  return { clock, attempts: new LoginAttempts(memoryStore(), clock, all) }
}

let attemptNumber = 0
const newId = () => `attempt${attemptNumber++}`

/** One that fails when it may be made; the seconds for which it may not. */
const failing = async (attempts: LoginAttempts, username: string, from = address): Promise<number> => {
  const id = newId()
  const seconds = await attempts.begin(id, username, from)
  if (seconds === 0) await attempts.fail(id, username)
  return seconds
}

test('an account is locked exactly while five failures lie within fifteen minutes, for as many seconds as are said', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 40 }), async (pauses) => {
      const { clock, attempts } = attemptsWith()
      const failures: number[] = []
      for (const pause of pauses) {
        clock.time += pause * 1000
        const recent = failures.filter((at) => at > clock.time - 900_000)
        const id = newId()
        const seconds = await attempts.begin(id, 'alice', address)
        expect(seconds).toBe(recent.length < 5 ? 0 : Math.ceil(((recent[0] ?? 0) + 900_000 - clock.time) / 1000))
        if (seconds === 0) {
          expect(await attempts.fail(id, 'alice')).toBe(4 - recent.length)
          failures.push(clock.time)
        }
      }
    }),
  ))

test('an address is locked by failures of any names, and other names and addresses are not', async () => {
  const { attempts } = attemptsWith({ maxLoginAttemptsPerAddress: 3 })
  for (const name of ['a', 'b', 'c']) await failing(attempts, name)
  expect([await failing(attempts, 'd'), await failing(attempts, 'a', '192.0.2.2')]).toEqual([900, 0])
})

test('limits of 0 lock nobody and count nothing down', async () => {
  const { attempts } = attemptsWith({ maxLoginAttempts: 0 })
  for (let turn = 0; turn < 60; turn++) {
    const id = newId()
    expect([await attempts.begin(id, 'a', address), await attempts.fail(id, 'a')]).toEqual([0, undefined])
  }
})

test('however many begin at the same time, no more than the limit are made, and the others are locked as soon as those have failed', async () => {
  const { attempts } = attemptsWith({ maxLoginAttemptsPerAddress: 3 })
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, name) => failing(attempts, `name${name}`)))
  expect(outcomes.filter((seconds) => seconds === 0)).toHaveLength(3)
  expect(outcomes.filter((seconds) => seconds >= 899)).toHaveLength(17)
})

test('attempts that are under way lock nobody out: the others wait, and are made when those succeed or say nothing', async () => {
  const { attempts } = attemptsWith({ maxLoginAttemptsPerAddress: 2 })
  const outcomes = Array.from({ length: 10 }, async (_, name) => {
    const id = newId()
    const seconds = await attempts.begin(id, `name${name}`, address)
    await new Promise((resolve) => setImmediate(resolve))
    await (name % 2 === 0 ? attempts.succeed(id, `name${name}`) : attempts.withdraw(id))
    return seconds
  })
  expect(await Promise.all(outcomes)).toEqual(Array.from({ length: 10 }, () => 0))
})

test('one that never ends, because its process is gone, is waited for and then counts as failed', async () => {
  const { clock, attempts } = attemptsWith({ maxLoginAttempts: 1 })
  await attempts.begin(newId(), 'a', address)
  expect(await failing(attempts, 'a')).toBe(1)
  clock.time = start + 150_000
  expect(await failing(attempts, 'a')).toBe(750)
})

test('a success clears the failures of its account, not those of its address', async () => {
  const { attempts } = attemptsWith({ maxLoginAttemptsPerAddress: 6 })
  for (let turn = 0; turn < 4; turn++) await failing(attempts, 'a')
  const id = newId()
  await attempts.begin(id, 'a', address)
  await attempts.succeed(id, 'a')
  expect([await failing(attempts, 'a'), await failing(attempts, 'a'), await failing(attempts, 'a')]).toEqual([0, 0, 900])
})

test('attempts on one account take turns, also after one that failed; those on another do not wait', async () => {
  const { attempts } = attemptsWith()
  const log: string[] = []
  const step =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
    }
  const first = attempts.inTurn('a', step('first', true))
  const others = [attempts.inTurn('a', step('second')), attempts.inTurn('b', step('other'))]
  await expect(first).rejects.toThrow('first')
  await Promise.all(others)
  expect(log.filter((line) => !line.startsWith('other'))).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  expect(log.indexOf('other begins')).toBeLessThan(log.indexOf('first ends'))
})
