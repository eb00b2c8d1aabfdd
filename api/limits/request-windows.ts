// How many requests of each subject lie within the last minute.

/**
 * Counted in slots that together are a little longer than a minute ("sliding window counters"): a minute never holds more than is allowed,
 * wherever one begins it, and all of it may come at once. A token bucket or GCRA that lets a page's requests come at once
 * lets as many through again while it refills.
 */
const slotMilliseconds = 2_000
const minute = 60_000
const slots = minute / slotMilliseconds + 1

/** Subjects that are remembered: some MiB. Whoever came longest ago is forgotten first. */
const usualSubjects = 10_000

/** What one of several replicas may let through in a minute: fractions are made up for in later ones. At least one, or nobody would come in at all. */
export const allowanceIn = (minuteNumber: number, perMinute: number, replicas: number): number => {
  const part = Math.max(1, perMinute / replicas)
  return Math.floor(part * (minuteNumber + 1)) - Math.floor(part * minuteNumber)
}

interface Window {
  /** The latest slot that was counted in, since the epoch. */
  slot: number
  /** The slot n is at n modulo their number. */
  readonly counts: Uint32Array
}

const moveTo = (window: Window, slot: number): void => {
  const passed = slot - window.slot
  // a clock that was put back says nothing about what was counted
  if (passed < 0 || passed >= slots) window.counts.fill(0)
  else for (let next = window.slot + 1; next <= slot; next++) window.counts[next % slots] = 0
  window.slot = slot
}

export class RequestWindows {
  readonly #windows = new Map<string, Window>()
  readonly #most: number

  constructor(mostSubjects = usualSubjects) {
    this.#most = mostSubjects
  }

  /** Counts a request, or says in how many milliseconds the next one will be let through. */
  admit(subject: string, perMinute: number, replicas: number, now: number): number {
    const window = this.#windowOf(subject)
    moveTo(window, Math.floor(now / slotMilliseconds))
    const allowed = allowanceIn(Math.floor(now / minute), perMinute, replicas)
    const { slot, counts } = window
    let left = counts.reduce((sum, count) => sum + count, 0)
    if (left < allowed) {
      counts[slot % slots] = (counts[slot % slots] ?? 0) + 1
      return 0
    }
    let oldest = slot - slots + 1
    for (; oldest < slot; oldest++) {
      left -= counts[(oldest + slots) % slots] ?? 0
      if (left < allowed) break
    }
    return (oldest + slots) * slotMilliseconds - now
  }

  /** How many subjects are remembered. */
  get size(): number {
    return this.#windows.size
  }

  #windowOf(subject: string): Window {
    const window = this.#windows.get(subject) ?? { slot: 0, counts: new Uint32Array(slots) }
    this.#windows.delete(subject)
    this.#windows.set(subject, window)
    if (this.#windows.size > this.#most) for (const [longestAgo] of this.#windows.entries().take(1)) this.#windows.delete(longestAgo)
    return window
  }
}
