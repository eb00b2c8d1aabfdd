import { expect, test } from 'vitest'
import { compare, misses, type Round, type Sample, type Turn } from '../bench/edge/figures.ts'

const sample = (count: number, milliseconds = 1, failed = 0): Sample => ({
  milliseconds: Array.from({ length: count }, () => milliseconds),
  failed,
  seconds: 1,
})

const turn = (perSecond: number, milliseconds = 1, failed = 0): Turn => ({ full: sample(perSecond), steady: sample(100, milliseconds, failed), cpu: 50 })

const round = (managed: Turn, handWritten: Turn, direct = turn(1_000, 0.5)): Round => ({ managed, handWritten, direct })

test('the managed edge is compared within each round, so that a slow round does not count against it', () => {
  const rounds = [round(turn(950), turn(1_000)), round(turn(96), turn(100)), round(turn(400), turn(1_000))]
  const compared = compare('HTTP/2', rounds)
  expect([compared.share, compared.added, compared.managed.perSecond]).toEqual([0.95, 0.5, 400])
  expect(misses(compared)).toEqual([])
})

test('what is slower, answers later or fails is told with its figures', () => {
  const rounds = [round(turn(890, 1.6, 2), turn(1_000))]
  expect(misses(compare('HTTP/1.1', rounds))).toEqual([
    'HTTP/1.1: throughput is 0.89 of the hand-written configuration, not 0.9',
    'HTTP/1.1: p99 is 1.10 ms longer than without an edge, not at most 1',
    'HTTP/1.1: 2 requests failed (managed)',
  ])
})

test('where nothing was answered no target is kept', () => {
  expect(misses(compare('HTTP/2', [round(turn(0), turn(0))]))).toHaveLength(1)
  expect(misses(compare('HTTP/2', []))).toHaveLength(2)
})
