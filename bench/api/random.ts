// Numbers that look random and are the same in every run: two runs are to be compared.

export interface Dice {
  /** From 0 up to, and without, `sides`. */
  below(sides: number): number
  of<T>(items: readonly [T, ...T[]]): T
}

/** mulberry32. */
export const dice = (seed: number): Dice => {
  let state = seed
  const below = (sides: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides)
  }
  return { below, of: (items) => items[below(items.length)] ?? items[0] }
}
