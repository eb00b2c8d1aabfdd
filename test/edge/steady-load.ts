// People who ask an edge all the time while something happens to it, each pausing a little, so that connections are idle at any moment.
import { setTimeout } from 'node:timers/promises'

export interface Client {
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<number>
  readonly close: () => void
}

export interface LoadOptions {
  readonly path: string
  /** Goes on until there were so many, however early it is ended. */
  readonly requests: number
  readonly people?: number
  readonly headers?: (person: number, count: number) => Readonly<Record<string, string>>
}

export interface Told {
  readonly requests: number
  /** How often there was which status; a failure is none. */
  readonly outcomes: Readonly<Record<string, number>>
  /** The first of what failed: which request, when, and how. */
  readonly failed: readonly string[]
}

export interface SteadyLoad {
  readonly requests: () => number
  /** Ends it; may be repeated. */
  readonly end: () => Promise<Told>
}

const longestPauseMilliseconds = 10
const mostRequests = 2_000_000
const toldAtMost = 10

export const steadyLoad = (client: Client, { path, requests, people = 4, headers }: LoadOptions): SteadyLoad => {
  const outcomes: Record<string, number> = {}
  const failed: string[] = []
  const start = performance.now()
  let [begun, over] = [0, false]
  const tell = (number: number, what: string) => {
    if (failed.length < toldAtMost) failed.push(`request ${number}, after ${((performance.now() - start) / 1000).toFixed(2)} s: ${what}`)
  }
  const person = async (_: unknown, who: number) => {
    for (let count = 0; (!over || begun < requests) && begun < mostRequests; count++) {
      const number = ++begun
      const outcome = await client.get(path, headers?.(who, count)).catch(String)
      const status = typeof outcome === 'number' ? outcome : 0
      outcomes[status] = (outcomes[status] ?? 0) + 1
      if (status !== 200) tell(number, String(outcome))
      await setTimeout(Math.random() * longestPauseMilliseconds)
    }
  }
  const everybody = Promise.all(Array.from({ length: people }, person))
  const end = async () => {
    over = true
    await everybody
    client.close()
    return { requests: begun, outcomes, failed }
  }
  return { requests: () => begun, end }
}
