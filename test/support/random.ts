// Randomness that repeats: the same seed, the same numbers (mulberry32).
import type { Random } from '../../operator/deps.ts'

export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0
  const number = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { number, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(number() * 256)) }
}
