import { expect, test } from 'vitest'
import { paceOf, TooSlow } from '../../../api/category-automation/paced.ts'

/** A clock that moves on whenever it is read. */
const clockOf = (step: number) => {
  let now = 0
  return { now: () => new Date((now += step)) }
}

function* countTo(last: number): Generator<void, number> {
  for (let at = 0; at < last; at++) yield
  return last
}

test('work that takes long lets others have their turn', async () => {
  let turns = 0
  const immediate = () => {
    turns++
    handle = setImmediate(immediate)
  }
  let handle = setImmediate(immediate)
  expect(await paceOf(clockOf(25), 60_000).run(countTo(100))).toBe(100)
  clearImmediate(handle)
  expect(turns).toBeGreaterThan(50)
})

test('all work at one pace ends when together it takes too long', async () => {
  const pace = paceOf(clockOf(100), 20_000)
  expect(await pace.run(countTo(50))).toBe(50)
  await expect(pace.run(countTo(1_000_000))).rejects.toThrow(TooSlow)
})
