import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Unavailable } from '../../../api/errors.ts'
import { Gate } from '../../../api/gate.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Work that ends when told. */
const work = () => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  return { run: () => promise, end: resolve, fail: reject }
}

test('never more than its places are inside, in the order in which they came, also when some of them fail', async () => {
  const gate = new Gate(2, 1_000)
  const inside: number[] = []
  const works = Array.from({ length: 6 }, work)
  const passing = works.map(({ run }, index) =>
    gate.pass(() => {
      inside.push(index)
      return run()
    }),
  )
  const outcomes = Promise.allSettled(passing)
  for (const [index, { end, fail }] of works.entries()) {
    await vi.advanceTimersByTimeAsync(1)
    expect(inside).toEqual([0, 1, 2, 3, 4, 5].slice(0, index + 2))
    if (index % 2 === 0) end('done')
    else fail(new Error('failed'))
  }
  expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected'])
})

test('whoever waits too long is sent away unserved, and the place goes to the next one', async () => {
  const gate = new Gate(1, 1_000)
  const [long, impatient, next] = [work(), work(), work()]
  const first = gate.pass(long.run)
  const late = gate.pass(impatient.run).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await late).toBeInstanceOf(Unavailable)
  const third = gate.pass(next.run)
  long.end('first')
  next.end('third')
  expect([await first, await third]).toEqual(['first', 'third'])
  expect(await gate.pass(() => Promise.resolve('fourth'))).toBe('fourth')
})
