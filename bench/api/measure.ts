// One point at one number of connections.
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { percentile } from '../percentile.ts'
import type { Point, Sent } from './points.ts'

export interface Load {
  readonly url: string
  readonly token?: string
  readonly connections: number
  readonly seconds: number
}

/** What one run of the load generator saw. */
export interface Sample {
  readonly times: readonly number[]
  readonly errors: number
  readonly milliseconds: number
}

export interface Measured {
  readonly p50: number
  readonly p99: number
  readonly requests: number
  readonly errors: number
  readonly perSecond: number
}

/** Marks in use: each request that writes has one that no other run has had. */
let mark = Math.floor(Date.now() / 1000) % 1_000_000_000

export const headersOf = ({ headers }: Sent, token: string | undefined): Record<string, string> => ({
  ...headers,
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
})

const requestOf = (point: Point, token: string | undefined): autocannon.Request => {
  const { method, path, body, ...rest } = point.send(mark++)
  return { method, path, headers: headersOf({ method, path, ...rest }, token), ...(body && { body }) }
}

/** As many as are sent at once, made before the clock runs; without a body that changes they are all the same. */
const preparedRequests = (point: Point, { token, connections }: Load): autocannon.Request => {
  if (!point.writes) return requestOf(point, token)
  const ready = Array.from({ length: Math.max(point.amount ?? 1, connections) }, () => requestOf(point, token))
  const first = ready[0] ?? requestOf(point, token)
  return { ...first, setupRequest: (request) => ({ ...request, ...(ready.pop() ?? requestOf(point, token)) }) }
}

const timeoutSeconds = 300

/** Several samples as one. */
export const summed = (samples: readonly Sample[]): Measured => {
  const sorted = samples.flatMap(({ times }) => times).toSorted((one, other) => one - other)
  const milliseconds = samples.reduce((sum, sample) => sum + sample.milliseconds, 0)
  return {
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    requests: sorted.length,
    errors: samples.reduce((sum, { errors }) => sum + errors, 0),
    perSecond: (sorted.length * 1000) / milliseconds,
  }
}

export const sample = async (point: Point, load: Load): Promise<Sample> => {
  const { url, connections, seconds } = load
  const extent = point.amount === undefined ? { duration: seconds } : { amount: Math.max(point.amount, connections) }
  const times: number[] = []
  const started = performance.now()
  const { errors, timeouts, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url, connections, ...extent, timeout: timeoutSeconds, requests: [preparedRequests(point, load)] }
    const run = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    run.on('response', (_client, _status, _bytes, time) => times.push(time))
  })
  return { times, errors: errors + timeouts + non2xx, milliseconds: performance.now() - started }
}

/** One request; the answer must be a good one. */
export const sendOnce = async (url: string, sent: Sent, token?: string): Promise<{ readonly type: string; readonly body: string }> => {
  const { method, path, body } = sent
  const answer = await fetch(url + path, { method, headers: headersOf(sent, token), ...(body && { body: new Uint8Array(body) }) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`)
  return { type: answer.headers.get('content-type') ?? '', body: text }
}

export const markedRequest = (point: Point): Sent => point.send(mark++)

export const signIn = async (url: string, username: string, password: string): Promise<string> => {
  const body = Buffer.from(JSON.stringify({ username, password }))
  const answer = await sendOnce(url, { method: 'POST', path: '/api/auth/login', headers: { 'content-type': 'application/json' }, body })
  return (JSON.parse(answer.body) as { token: string }).token
}

/** Asks until somebody answers. */
export const untilReady = async (url: string, milliseconds: number, isOver: () => boolean = () => false): Promise<void> => {
  for (const end = Date.now() + milliseconds; Date.now() < end && !isOver(); ) {
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // not yet
    }
    await sleep(50)
  }
  throw new Error(`${url} did not answer`)
}
