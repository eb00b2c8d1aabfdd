// One run of h2load, nghttp2's load generator: the same program for HTTP/1.1 and HTTP/2, and it writes down how long each request took.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tryRun } from '../../test/kind/command.ts'
import type { Sample } from './figures.ts'

export type Protocol = 'HTTP/1.1' | 'HTTP/2'

export interface Load {
  readonly url: string
  readonly protocol: Protocol
  readonly connections: number
  /** Requests that a connection of HTTP/2 carries at once. */
  readonly streams: number
  readonly seconds: number
  /** Requests a second of all connections together; absent = as many as will go. */
  readonly rate?: number
}

/** Connections are there before anything counts. */
const warmUp = '300ms'

export const needLoadGenerator = async (): Promise<void> => {
  const found = await tryRun('h2load', ['--version']).catch(() => undefined)
  if (found?.code !== 0) throw new Error('h2load is missing: install it (apt-get install nghttp2-client), or run "make bench-edge" as root')
}

/** Of a request that was being answered when the warm-up ended: h2load has forgotten its status, and it counts for nothing. */
const begunBefore = 0

/** Lines of: when a request began, its status, how long it took; in microseconds. */
const sampleOf = (log: string, seconds: number): Sample => {
  const lines = log.split('\n').filter((line) => line !== '')
  const requests = lines.map((line) => line.split('\t').map(Number)).filter(([, status]) => status !== begunBefore)
  const good = requests.filter(([, status]) => status === 200)
  return { milliseconds: good.map(([, , taken = Number.NaN]) => taken / 1000), failed: requests.length - good.length, seconds }
}

/** `folder` is for the file that h2load writes. */
export const measure = async (folder: string, { url, protocol, connections, streams, seconds, rate }: Load): Promise<Sample> => {
  const file = join(folder, 'requests.tsv')
  await rm(file, { force: true })
  const form = protocol === 'HTTP/1.1' ? ['--h1'] : ['--max-concurrent-streams', String(streams)]
  const pace = rate === undefined ? [] : ['--rps', String(rate / connections)]
  const span = ['--duration', `${seconds}`, '--warm-up-time', warmUp]
  const args = [...form, ...pace, ...span, '--clients', String(connections), '--log-file', file, url]
  const { code, stdout, stderr } = await tryRun('h2load', args, { timeoutMilliseconds: (seconds + 60) * 1000 })
  const failures = /(\d+) failed, (\d+) errored, (\d+) timeout/.exec(stdout)
  if (code !== 0 || !failures) throw new Error(`h2load ended with ${code}: ${`${stdout}\n${stderr}`.trim().slice(-500)}`)
  const unanswered = failures.slice(1).reduce((sum, count) => sum + Number(count), 0)
  const sample = sampleOf(await readFile(file, 'utf8'), seconds)
  return { ...sample, failed: Math.max(sample.failed, unanswered) }
}
