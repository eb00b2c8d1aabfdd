// So many at a time: the others wait, and whoever waits too long is sent away before it costs anything.
import { Unavailable } from './errors.ts'

interface Waiting {
  readonly enter: () => void
  readonly timer: NodeJS.Timeout
}

export class Gate {
  readonly #patience: number
  readonly #waiting = new Set<Waiting>()
  #free: number

  /** `patience` in milliseconds. */
  constructor(places: number, patience: number) {
    this.#free = places
    this.#patience = patience
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.delete(waiting)
        reject(new Unavailable('Several large files are being read at the moment. Please try again in a moment.'))
      }
      const waiting = { enter: resolve, timer: setTimeout(giveUp, this.#patience) }
      this.#waiting.add(waiting)
    })
  }

  /** Whoever waits longest gets the place. */
  #leave(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    clearTimeout(next.timer)
    next.enter()
  }
}
