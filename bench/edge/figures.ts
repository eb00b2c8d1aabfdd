// What was measured round by round, summed up, compared with the targets, and as lines of text. Pure.
import { percentile } from '../percentile.ts'

export interface Sample {
  /** Of each request that was answered well. */
  readonly milliseconds: readonly number[]
  readonly failed: number
  readonly seconds: number
}

/** One turn of one of those who are compared. */
export interface Turn {
  /** As many requests as will go. */
  readonly full: Sample
  /** The same number of requests a second for everybody. */
  readonly steady: Sample
  /** Microseconds of CPU that its nginx used for each request of `full`. */
  readonly cpu: number
}

/** Everybody's turn within the same few seconds, so that what else the machine does falls on all of them. */
export interface Round {
  readonly direct: Turn
  readonly managed: Turn
  readonly handWritten: Turn
}

export interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly cpu: number
  readonly failed: number
}

export interface Comparison {
  readonly protocol: string
  readonly direct: Figures
  readonly managed: Figures
  readonly handWritten: Figures
  /** Throughput of the managed edge as a share of the hand-written one. */
  readonly share: number
  /** Milliseconds that p99 is longer than without an edge. */
  readonly added: number
  readonly addedByHandWritten: number
}

export const targets = { share: 0.9, added: 1 } as const

export const median = (values: readonly number[]): number =>
  percentile(
    [...values].sort((one, other) => one - other),
    0.5,
  )

const perSecond = ({ full }: Turn): number => full.milliseconds.length / full.seconds
const within = ({ steady }: Turn, share: number): number =>
  percentile(
    [...steady.milliseconds].sort((one, other) => one - other),
    share,
  )

const figuresOf = (turns: readonly Turn[]): Figures => ({
  perSecond: median(turns.map(perSecond)),
  p50: median(turns.map((turn) => within(turn, 0.5))),
  p99: median(turns.map((turn) => within(turn, 0.99))),
  cpu: median(turns.map(({ cpu }) => cpu)),
  failed: turns.reduce((sum, { full, steady }) => sum + full.failed + steady.failed, 0),
})

/** Compared within each round, for between rounds the machine may have been busy with something else. */
export const compare = (protocol: string, rounds: readonly Round[]): Comparison => ({
  protocol,
  direct: figuresOf(rounds.map(({ direct }) => direct)),
  managed: figuresOf(rounds.map(({ managed }) => managed)),
  handWritten: figuresOf(rounds.map(({ handWritten }) => handWritten)),
  share: median(rounds.map(({ managed, handWritten }) => perSecond(managed) / perSecond(handWritten))),
  added: median(rounds.map(({ managed, direct }) => within(managed, 0.99) - within(direct, 0.99))),
  addedByHandWritten: median(rounds.map(({ handWritten, direct }) => within(handWritten, 0.99) - within(direct, 0.99))),
})

/** What does not keep its target, as phrases. What is no number keeps none. */
export const misses = ({ protocol, managed, handWritten, direct, share, added }: Comparison): readonly string[] => [
  ...(share >= targets.share ? [] : [`${protocol}: throughput is ${share.toFixed(2)} of the hand-written configuration, not ${targets.share}`]),
  ...(added <= targets.added ? [] : [`${protocol}: p99 is ${added.toFixed(2)} ms longer than without an edge, not at most ${targets.added}`]),
  ...Object.entries({ managed, handWritten, direct }).flatMap(([name, { failed }]) =>
    failed === 0 ? [] : [`${protocol}: ${failed} requests failed (${name})`],
  ),
]

const headings = ['protocol', 'asked', 'req/s', 'p50 ms', 'p99 ms', 'p99 added ms', 'cpu µs', 'failed', 'share']

const rowsOf = ({ protocol, direct, managed, handWritten, share, added, addedByHandWritten }: Comparison): readonly (readonly string[])[] => {
  const cells = (name: string, { perSecond: rate, p50, p99, cpu, failed }: Figures, more = '', part = '') =>
    [protocol, name, rate.toFixed(0), p50.toFixed(2), p99.toFixed(2), more, cpu.toFixed(0), String(failed), part] as const
  return [
    cells('no edge', direct),
    cells('managed edge', managed, added.toFixed(2), share.toFixed(2)),
    cells('hand-written nginx', handWritten, addedByHandWritten.toFixed(2), '1'),
  ]
}

export const tableOf = (comparisons: readonly Comparison[]): string => {
  const rows = [headings, ...comparisons.flatMap(rowsOf)]
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`).join('\n')
}
