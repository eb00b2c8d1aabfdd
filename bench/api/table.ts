// What was measured, as lines of text. Pure.
import type { Measured } from './measure.ts'
import type { Point } from './points.ts'

export interface Row {
  readonly point: Point
  readonly connections: number
  readonly api: Measured
  /** Milliseconds of CPU that the API used for each request. */
  readonly cpu: number
  /** And the database server, at the same time. */
  readonly databaseCpu: number
  readonly queries: number
  readonly bare: Measured | undefined
  /** Bare Fastify with the same statements; of an import these alone. */
  readonly queried: { readonly p50: number } | undefined
  readonly peer: Measured | undefined
}

/** How much longer than its peer the API may take. */
export const allowedRatio = 1.5

const headings = [
  'point',
  'conn',
  'p50 ms',
  'p99 ms',
  'req/s',
  'errors',
  'cpu ms',
  'db cpu ms',
  'queries',
  'bare p50',
  '+queries',
  'ratio',
  'PEER_URL p50',
  'target',
  '',
]

const number = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0))

export const ratioOf = ({ api, queried }: Row): number | undefined => queried && api.p50 / queried.p50

/** What a row does not keep of what it should. */
export const misses = (row: Row): readonly string[] => {
  const { point, connections, api } = row
  const ratio = ratioOf(row)
  return [
    ...(api.errors > 0 ? [`${api.errors} errors`] : []),
    ...(connections === 1 && !(api.p50 <= point.target) ? ['slow'] : []),
    ...(connections === 1 && ratio !== undefined && ratio > allowedRatio ? [`ratio > ${allowedRatio}`] : []),
  ]
}

export const summaryOf = (row: Row): string => {
  const { point, connections, api } = row
  return [`${point.name} at ${connections}: p50 ${number(api.p50)} ms, ratio ${number(ratioOf(row))}`, ...misses(row)].join(', ')
}

const cells = (row: Row): readonly string[] => {
  const { point, connections, api, cpu, databaseCpu, queries, bare, queried, peer } = row
  const figures = [api.p50, api.p99, api.perSecond].map(number)
  const peers = [bare?.p50, queried?.p50, ratioOf(row), peer?.p50].map(number)
  const target = connections === 1 ? `≤ ${point.target}` : ''
  return [
    point.name,
    String(connections),
    ...figures,
    String(api.errors),
    number(cpu),
    number(databaseCpu),
    String(queries),
    ...peers,
    target,
    misses(row).join(', '),
  ]
}

export const tableOf = (rows: readonly Row[]): string => {
  const lines = [headings, ...rows.map(cells)]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
