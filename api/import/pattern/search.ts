// Searches with a pattern in a time that grows with text × pattern only, whatever the pattern: all ways to go on are followed at once
// (Pike's machine), none is ever tried twice. The engine of the language goes back and tries again, so that one pattern of a user could
// stop the process for everybody.
import { type CharTest, PatternError, parsePattern } from './parse.ts'
import { holds } from './position.ts'
import { Presence } from './presence.ts'
import { type Instruction, programOf } from './program.ts'

interface Thread {
  readonly at: number
  readonly slots: readonly (number | undefined)[]
}

/** A match: the whole text and the groups (undefined = took no part). */
export interface Match {
  readonly whole: string
  readonly groups: readonly (string | undefined)[]
}

export interface Pattern {
  /** Every match from left to right, none overlapping another. */
  matches(text: string): readonly Match[]
  /** Whether there is a match anywhere in the characters of a text. */
  isIn(characters: readonly string[]): boolean
}

const longestPattern = 1000

/** Compiles a pattern, or says why it cannot be used. */
export const compilePattern = (pattern: string, ignoreCase = false): Pattern | { readonly problem: string } => {
  if (pattern.length > longestPattern) return { problem: `it is longer than ${longestPattern} characters` }
  try {
    const { root, groups } = parsePattern(pattern, ignoreCase)
    const program = programOf(root)
    const machine = { program, groups, canStart: startTest(program) }
    const presence = new Presence(program, machine.canStart)
    return { matches: (text) => findAll(machine, Array.from(text)), isIn: (characters) => presence.isIn(characters) }
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.message }
    throw error
  }
}

interface Machine {
  readonly program: readonly Instruction[]
  readonly groups: number
  /** False where no match can begin: most characters need no more than this. */
  readonly canStart: (char: string | undefined) => boolean
}

const startTest = (program: readonly Instruction[]): Machine['canStart'] => {
  const seen = new Set<number>()
  const tests: CharTest[] = []
  const stack = [0]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const instruction = program[at]
    if (seen.has(at) || !instruction) continue
    seen.add(at)
    if (instruction.op === 'match') return () => true
    if (instruction.op === 'char') tests.push(instruction.test)
    else if (instruction.op === 'split') stack.push(instruction.second, instruction.first)
    else stack.push(instruction.op === 'jump' ? instruction.to : at + 1)
  }
  const canStart = (char: string) => tests.some((test) => test(char))
  // Asked for every character of every text: almost all have an answer at hand.
  const table = Array.from({ length: 128 }, (_, code) => canStart(String.fromCharCode(code)))
  return (char) => char !== undefined && (table[char.charCodeAt(0)] ?? canStart(char))
}

const findAll = (machine: Machine, text: readonly string[]): readonly Match[] => {
  const found: Match[] = []
  for (let start = 0; start <= text.length; ) {
    const slots = findFrom(machine, text, start)
    if (!slots) break
    const part = (index: number) => {
      const [from, to] = [slots[2 * index], slots[2 * index + 1]]
      return from === undefined || to === undefined ? undefined : text.slice(from, to).join('')
    }
    found.push({ whole: part(0) ?? '', groups: Array.from({ length: machine.groups }, (_, index) => part(index + 1)) })
    const [from = start, to = start] = slots
    start = to > from ? to : to + 1
  }
  return found
}

const findFrom = ({ program, canStart }: Machine, text: readonly string[], start: number): Thread['slots'] | undefined => {
  let threads: Thread[] = []
  let found: Thread['slots'] | undefined
  const seen = new Int32Array(program.length).fill(-1)
  for (let position = start; position <= text.length; position++) {
    if (threads.length === 0 && !canStart(text[position])) continue
    const ready: Thread[] = []
    const visit: Visit = { program, text, position, seen, ready }
    for (const thread of threads) follow(visit, thread)
    if (!found) follow(visit, { at: 0, slots: [] })
    const next: Thread[] = []
    for (const thread of ready) {
      const instruction = program[thread.at]
      if (instruction?.op === 'match') {
        found = thread.slots
        // Those after it are less wanted: the leftmost way, in the order of the pattern, wins.
        break
      }
      const char = text[position]
      if (instruction?.op === 'char' && char !== undefined && instruction.test(char)) next.push({ at: thread.at + 1, slots: thread.slots })
    }
    threads = next
    if (threads.length === 0 && found) break
  }
  return found
}

interface Visit {
  readonly program: readonly Instruction[]
  readonly text: readonly string[]
  readonly position: number
  /** Of each instruction the last position at which it was reached. */
  readonly seen: Int32Array
  readonly ready: Thread[]
}

/** Goes on without reading, with a stack of its own: programs are longer than the call stack is deep. */
const follow = ({ program, text, position, seen, ready }: Visit, from: Thread): void => {
  const stack = [from]
  for (let thread = stack.pop(); thread; thread = stack.pop()) {
    const { at, slots } = thread
    const instruction = program[at]
    if (seen[at] === position || !instruction) continue
    seen[at] = position
    if (instruction.op === 'jump') stack.push({ at: instruction.to, slots })
    else if (instruction.op === 'split') stack.push({ at: instruction.second, slots }, { at: instruction.first, slots })
    else if (instruction.op === 'save') stack.push({ at: at + 1, slots: withSlot(slots, instruction.slot, position) })
    else if (instruction.op === 'assert') {
      if (holds(instruction.assertion, text, position)) stack.push({ at: at + 1, slots })
    } else ready.push(thread)
  }
}

const withSlot = (slots: Thread['slots'], slot: number, position: number): Thread['slots'] => {
  const copy = slots.slice()
  copy[slot] = position
  return copy
}
