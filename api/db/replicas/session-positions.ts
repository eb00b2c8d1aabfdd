// What this process knows of the last writes of sessions. The cookie is what counts over all replicas; this mends what a cookie cannot:
// two answers that overtake each other on their way, and a write that ends after its answer has begun.
import { type Position, union } from './position.ts'

/** Sessions that are remembered. A forgotten one has its cookie. */
const most = 10_000

/** 'unknown': the session may have written, and nobody knows up to where. */
type Known = Position | 'unknown'

export class SessionPositions {
  /** Whoever wrote longest ago first. */
  readonly #known = new Map<string, Known>()

  wrote(sessionId: string, position: Position): void {
    const before = this.#known.get(sessionId)
    this.#keep(sessionId, before && before !== 'unknown' ? union(before, position) : position)
  }

  lost(sessionId: string): void {
    this.#keep(sessionId, 'unknown')
  }

  of(sessionId: string): Known | undefined {
    return this.#known.get(sessionId)
  }

  /** What a replica must have reached to answer this session; undefined = nobody but the primary is sure to have it. */
  wanted(sessionId: string, fromCookie: Position | undefined): Position | undefined {
    const known = this.#known.get(sessionId)
    if (!fromCookie || known === 'unknown') return undefined
    return known ? union(fromCookie, known) : fromCookie
  }

  #keep(sessionId: string, known: Known): void {
    this.#known.delete(sessionId)
    this.#known.set(sessionId, known)
    const [oldest] = this.#known.keys()
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest)
  }
}
