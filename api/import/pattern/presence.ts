// Whether a pattern is found anywhere in a text. The machine of search.ts without a memory for groups: rules ask this of every transaction.
import { holds } from './position.ts'
import type { Instruction } from './program.ts'

type Start = (char: string | undefined) => boolean

/** Threads are numbers in lists that are made once: nothing is left behind by a search, and none runs within another. */
export class Presence {
  readonly #program: readonly Instruction[]
  readonly #canStart: Start
  readonly #starts: Uint8Array
  readonly #current: Int32Array
  readonly #next: Int32Array
  readonly #stack: Int32Array
  readonly #seen: Float64Array
  #step = 0

  constructor(program: readonly Instruction[], canStart: Start) {
    this.#program = program
    this.#canStart = canStart
    this.#starts = Uint8Array.from({ length: 128 }, (_, code) => Number(canStart(String.fromCharCode(code))))
    this.#current = new Int32Array(program.length)
    this.#next = new Int32Array(program.length)
    this.#stack = new Int32Array(2 * program.length + 2)
    this.#seen = new Float64Array(program.length)
  }

  isIn(text: readonly string[]): boolean {
    let count = 0
    for (let position = 0; position <= text.length; position++) {
      const char = text[position]
      if (count === 0 && !this.#begins(char)) continue
      const waiting = this.#await(text, position, count)
      if (waiting < 0) return true
      count = char === undefined ? 0 : this.#read(char, waiting)
    }
    return false
  }

  /** As search.ts asks, but without a call for almost every character. */
  #begins(char: string | undefined): boolean {
    return char === undefined ? this.#canStart(char) : (this.#starts[char.charCodeAt(0)] ?? Number(this.#canStart(char))) === 1
  }

  /** Those of before and a new one, up to where they want a character; how many they are then, or -1 for a match. */
  #await(text: readonly string[], position: number, before: number): number {
    this.#step++
    let count = 0
    for (let index = 0; index <= before; index++) {
      count = this.#follow(index < before ? (this.#current[index] ?? 0) : 0, text, position, count)
      if (count < 0) return count
    }
    return count
  }

  #read(char: string, waiting: number): number {
    let count = 0
    for (let index = 0; index < waiting; index++) {
      const at = this.#next[index] ?? 0
      const instruction = this.#program[at]
      if (instruction?.op === 'char' && instruction.test(char)) this.#current[count++] = at + 1
    }
    return count
  }

  #follow(from: number, text: readonly string[], position: number, waiting: number): number {
    let [top, count] = [1, waiting]
    const stack = this.#stack
    stack[0] = from
    while (top > 0) {
      const at = stack[--top] ?? 0
      const instruction = this.#program[at]
      if (this.#seen[at] === this.#step || !instruction) continue
      this.#seen[at] = this.#step
      if (instruction.op === 'match') return -1
      if (instruction.op === 'char') this.#next[count++] = at
      else if (instruction.op === 'jump') stack[top++] = instruction.to
      else if (instruction.op === 'split') {
        stack[top++] = instruction.second
        stack[top++] = instruction.first
      } else if (instruction.op === 'save' || holds(instruction.assertion, text, position)) stack[top++] = at + 1
    }
    return count
  }
}
