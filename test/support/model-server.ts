// A small API server in memory for one kind: versions, a history of bounded length, streamed and paged lists, and failures by script.
import type { KubeObject, ListWatch, WatchEvent } from '../../operator/deps.ts'

/** What befalls the next request or the running watch. */
export type Trouble = 'cut' | 'end' | 'expired' | 'expiredEvent' | 'busy' | 'forbidden' | 'noStreaming' | 'behind' | 'absent'

class Failure extends Error {
  readonly status: number
  readonly reason: string
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, reason: string, retryAfterSeconds?: number) {
    super(reason)
    this.status = status
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

const failures: Readonly<Record<Trouble, () => Failure>> = {
  cut: () => new Failure(0, 'ConnectionLost'),
  end: () => new Failure(0, 'ConnectionLost'),
  expired: () => new Failure(410, 'Expired'),
  expiredEvent: () => new Failure(410, 'Expired'),
  busy: () => new Failure(429, 'TooManyRequests', 1),
  forbidden: () => new Failure(403, 'Forbidden'),
  noStreaming: () => new Failure(422, 'Invalid'),
  behind: () => new Failure(504, 'Timeout'),
  absent: () => new Failure(404, 'NotFound'),
}

interface Past {
  readonly version: number
  readonly event: WatchEvent
}

export class ModelServer implements ListWatch {
  readonly objects = new Map<string, KubeObject>()
  /** Requests as `watch@103` (from this version), `stream` (a watch that begins with a list) and `list`. */
  readonly requests: string[] = []
  /** Befalls the requests to come, one each. */
  readonly troubles: Trouble[] = []
  readonly #historyLength: number
  #history: Past[] = []
  #version = 100
  #oldest = 100
  #uid = 0
  #wake: (() => void)[] = []
  #interrupt: Trouble | undefined

  constructor(historyLength: number) {
    this.#historyLength = historyLength
  }

  put(name: string): void {
    const known = this.objects.get(name)
    this.#version++
    const uid = known?.metadata.uid ?? `uid-${++this.#uid}`
    const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace: 'n', uid, resourceVersion: `${this.#version}` } }
    this.objects.set(name, object)
    this.#record({ type: known ? 'MODIFIED' : 'ADDED', object })
  }

  remove(name: string): void {
    const known = this.objects.get(name)
    if (!known) return
    this.#version++
    this.objects.delete(name)
    this.#record({ type: 'DELETED', object: { ...known, metadata: { ...known.metadata, resourceVersion: `${this.#version}` } } })
  }

  /** Something befalls the watch that runs now, if one does. */
  interrupt(trouble: Trouble): void {
    this.#interrupt = trouble
    this.#stir()
    this.#interrupt = undefined
  }

  async list(_: unknown, __: unknown, page: { readonly limit?: number; readonly next?: string }): ReturnType<ListWatch['list']> {
    this.requests.push('list')
    const trouble = this.troubles.shift()
    if (trouble) throw failures[trouble]()
    await new Promise((resolve) => setImmediate(resolve))
    // Pages are cut from one moment's list, as the API server does it; half of the limit makes two of most lists.
    const [version, from] = page.next?.split(':').map(Number) ?? [this.#version, 0]
    const then = this.#at(version ?? this.#version)
    const end = (from ?? 0) + 2
    return { items: then.slice(from, end), resourceVersion: `${version}`, ...(end < then.length && { next: `${version}:${end}` }) }
  }

  async *watch(_: unknown, __: unknown, from: Parameters<ListWatch['watch']>[2], signal: AbortSignal): AsyncGenerator<WatchEvent> {
    this.requests.push(from.initialEvents ? 'stream' : `watch@${from.resourceVersion}`)
    const trouble = this.troubles.shift()
    let seen = Number(from.resourceVersion ?? this.#version)
    if (trouble && trouble !== 'cut') throw failures[trouble]()
    if (from.initialEvents) {
      const initial = [...this.objects.values()]
      const version = this.#version
      for (const [index, object] of initial.entries()) {
        if (trouble === 'cut' && index === 1) throw failures.cut()
        yield { type: 'ADDED', object }
        // Not every bookmark is the last one of the list.
        yield bookmark(Number(object.metadata.resourceVersion))
      }
      seen = version
      yield bookmark(version, { 'k8s.io/initial-events-end': 'true' })
    }
    if (seen < this.#oldest) throw failures.expired()
    while (!signal.aborted) {
      const next = this.#history.find(({ version }) => version > seen)
      if (next) {
        seen = next.version
        yield next.event
      } else {
        const interrupted = await this.#something(signal)
        if (interrupted === 'end') return
        if (interrupted) throw failures[interrupted]()
      }
      if (seen < this.#oldest) throw failures.expired()
    }
  }

  #at(version: number): readonly KubeObject[] {
    const past = [...this.#history].filter((one) => one.version > version).reverse()
    const objects = new Map(this.objects)
    // Undoing what came later: enough for a list whose pages follow each other at once.
    for (const { event } of past) if (event.type === 'ADDED') objects.delete(event.object.metadata.name)
    return [...objects.values()].sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
  }

  #record(event: WatchEvent): void {
    this.#history.push({ version: this.#version, event })
    while (this.#history.length > this.#historyLength) this.#oldest = this.#history.shift()?.version ?? this.#oldest
    this.#stir()
  }

  #stir(): void {
    const wake = this.#wake
    this.#wake = []
    for (const one of wake) one()
  }

  #something(signal: AbortSignal): Promise<Trouble | undefined> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done)
        resolve(this.#interrupt)
      }
      signal.addEventListener('abort', done, { once: true })
      this.#wake.push(done)
    })
  }
}

const bookmark = (version: number, annotations: Record<string, string> = {}): WatchEvent => ({
  type: 'BOOKMARK',
  object: { apiVersion: 'v1', kind: 'Thing', metadata: { name: '', resourceVersion: `${version}`, annotations } },
})
