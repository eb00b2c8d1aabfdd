import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LoginAttempts } from '../../../api/operations/login-attempts.ts'
import { memoryStore } from '../../../api/operations/memory.ts'

const start = Date.parse('2026-01-01T12:00:00Z')

test('an account is locked exactly while five failures lie within fifteen minutes, for as many seconds as are said', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 40 }), async (pauses) => {
      let time = start
      const attempts = new LoginAttempts(
        memoryStore(),
        { now: () => new Date(time) },
        { maxLoginAttempts: 5, maxLoginAttemptsPerAddress: 0, windowSeconds: 900 },
      )
      const failures: number[] = []
      for (const pause of pauses) {
        time += pause * 1000
        const recent = failures.filter((at) => at > time - 900_000)
        const seconds = await attempts.lockedFor('alice', '192.0.2.1')
        expect(seconds).toBe(recent.length < 5 ? 0 : Math.ceil(((recent[0] ?? 0) + 900_000 - time) / 1000))
        if (seconds === 0) {
          expect(await attempts.fail('alice', '192.0.2.1')).toBe(4 - recent.length)
          failures.push(time)
        }
      }
    }),
  ))

test('an address is locked by failures of any names, and other names and addresses are not', async () => {
  const attempts = new LoginAttempts(memoryStore(), { now: () => new Date(start) }, { maxLoginAttempts: 5, maxLoginAttemptsPerAddress: 3, windowSeconds: 900 })
  for (const name of ['a', 'b', 'c']) await attempts.fail(name, '192.0.2.1')
  expect([await attempts.lockedFor('d', '192.0.2.1'), await attempts.lockedFor('a', '192.0.2.2')]).toEqual([900, 0])
})

test('limits of 0 lock nobody and count nothing down', async () => {
  const attempts = new LoginAttempts(memoryStore(), { now: () => new Date(start) }, { maxLoginAttempts: 0, maxLoginAttemptsPerAddress: 0, windowSeconds: 900 })
  for (let turn = 0; turn < 60; turn++) expect(await attempts.fail('a', '192.0.2.1')).toBeUndefined()
  expect(await attempts.lockedFor('a', '192.0.2.1')).toBe(0)
})

test('attempts on one account take turns, also after one that failed; those on another do not wait', async () => {
  const attempts = new LoginAttempts(memoryStore(), { now: () => new Date(start) }, { maxLoginAttempts: 5, maxLoginAttemptsPerAddress: 0, windowSeconds: 900 })
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
