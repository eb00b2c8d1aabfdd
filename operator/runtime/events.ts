// The port Events: tells people, through the API server, what changed. It never fails and never makes anybody wait.
import type { Clock, Events, Kube, KubeObject, Log, Random, Stopwatch } from '../deps.ts'
import { type Announcement, eventKey, eventObject, type Reporter, seriesPatch } from './event-object.ts'
import { sentence, told } from './failure.ts'

export interface EventDeps {
  readonly kube: Kube
  readonly clock: Clock & Stopwatch
  readonly random: Random
  readonly log: Log
  readonly reporter: Reporter
}

/** Events of one key: the object they are kept in once it exists, how many there were, how many of them it says. */
interface Series {
  readonly regarding: KubeObject
  readonly announcement: Announcement
  readonly first: Date
  name: string | undefined
  count: number
  told: number
  last: Date
  lastAt: number
  queued: boolean
}

interface Bucket {
  tokens: number
  at: number
}

const eventResource = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event' }
const longestQueue = 1000
const seriesMilliseconds = 360_000
const attempts = 12
const retryMilliseconds = 10_000
/** A flapping object may say this much at once, and then one event each five minutes. */
const burst = 25
const tokenMilliseconds = 300_000

export class EventRecorder implements Events {
  readonly #deps: EventDeps
  readonly #series = new Map<string, Series>()
  readonly #buckets = new Map<string, Bucket>()
  #queue: Series[] = []
  #sending: Promise<void> | undefined
  readonly #stop = new AbortController()

  constructor(deps: EventDeps) {
    this.#deps = deps
  }

  publish(regarding: KubeObject, announcement: Announcement): void {
    const now = this.#deps.clock.now()
    const at = this.#deps.clock.elapsed()
    this.#forgetOld(at)
    const key = eventKey(regarding, announcement)
    const series = this.#series.get(key) ?? { regarding, announcement, first: now, name: undefined, count: 0, told: 0, last: now, lastAt: at, queued: false }
    this.#series.set(key, series)
    series.count++
    series.last = now
    series.lastAt = at
    if (series.queued || this.#queue.length >= longestQueue || !this.#spend(regarding, at)) return
    series.queued = true
    this.#queue.push(series)
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
  }

  /** Sends what is queued, each with one attempt, and then nothing more. */
  async flush(milliseconds: number): Promise<void> {
    const sent = new AbortController()
    const late = this.#deps.clock.sleep(milliseconds, sent.signal).catch(() => {})
    this.#stop.abort()
    await Promise.race([this.#sending ?? Promise.resolve(), late])
    sent.abort()
    this.#queue = []
  }

  async #send(): Promise<void> {
    // Publishing must not do any of the work, not even start it.
    await Promise.resolve()
    for (let series = this.#queue.shift(); series !== undefined; series = this.#queue.shift()) {
      series.queued = false
      await this.#deliver(series)
    }
  }

  async #deliver(series: Series): Promise<void> {
    const { clock, log } = this.#deps
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        return await this.#write(series)
      } catch (error) {
        const { status } = told(error)
        // What the server refused it will refuse again: a namespace that ends, a right that is missing.
        const hopeless = status !== undefined && status >= 400 && status < 500 && status !== 429
        if (hopeless || attempt === attempts || this.#stop.signal.aborted) return log.warn({ error: sentence(error) }, 'an event was dropped')
        await clock.sleep(retryMilliseconds, this.#stop.signal).catch(() => {})
      }
    }
  }

  async #write(series: Series): Promise<void> {
    const { kube, random, reporter } = this.#deps
    const { count } = series
    if (series.name === undefined) {
      const manifest = eventObject(series.regarding, series.announcement, reporter, series.first, Buffer.from(random.bytes(8)).toString('hex'))
      await kube.create(eventResource, manifest)
      series.name = manifest.metadata.name
    }
    if (count > 1 && count > series.told) await this.#count(series, series.name, count)
    series.told = count
  }

  async #count(series: Series, name: string, count: number): Promise<void> {
    const namespace = series.regarding.metadata.namespace ?? 'default'
    try {
      await this.#deps.kube.patch({ resource: eventResource, namespace, name }, seriesPatch(count, series.last))
    } catch (error) {
      // The API server keeps events for an hour only: the next one is a first one again.
      if (told(error).status === 404) series.name = undefined
      throw error
    }
  }

  #spend({ metadata }: KubeObject, at: number): boolean {
    const key = metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at }
    const tokens = Math.min(burst, bucket.tokens + (at - bucket.at) / tokenMilliseconds)
    this.#buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at })
    return tokens >= 1
  }

  // Memory is bounded by what happened lately.
  #forgetOld(at: number): void {
    for (const [key, series] of this.#series) if (!series.queued && at - series.lastAt > seriesMilliseconds) this.#series.delete(key)
    for (const [key, bucket] of this.#buckets) if (at - bucket.at > burst * tokenMilliseconds) this.#buckets.delete(key)
  }
}
