// Searches with a pattern in a time that grows with text × pattern only, whatever the pattern: all ways to go on are followed at once
// (Pike's machine), none is ever tried twice. The engine of the language goes back and tries again, so that one pattern of a user could
// stop the process for everybody.
import { type Assertion, type CharTest, isWord, type Node, PatternError, parsePattern } from './parse.ts'

type Instruction =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly assertion: Assertion }
  | { readonly op: 'match' }

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
}

const longestPattern = 1000
const largestProgram = 20_000

/** Compiles a pattern, or says why it cannot be used. */
export const compilePattern = (pattern: string, ignoreCase = false): Pattern | { readonly problem: string } => {
  if (pattern.length > longestPattern) return { problem: `it is longer than ${longestPattern} characters` }
  try {
    const { root, groups } = parsePattern(pattern, ignoreCase)
    const program: Instruction[] = []
    emit(program, { kind: 'group', index: 0, item: root })
    program.push({ op: 'match' })
    return { matches: (text) => findAll(program, groups, Array.from(text)) }
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.message }
    throw error
  }
}

const emit = (program: Instruction[], node: Node): void => {
  if (program.length > largestProgram) throw new PatternError('its repetitions are too large')
  if (node.kind === 'char') program.push({ op: 'char', test: node.test })
  else if (node.kind === 'assert') program.push({ op: 'assert', assertion: node.assertion })
  // Even nothing takes an instruction: repeated a billion times it must meet the limit, too.
  else if (node.kind === 'sequence' && node.items.length === 0) program.push({ op: 'jump', to: program.length + 1 })
  else if (node.kind === 'sequence') for (const item of node.items) emit(program, item)
  else if (node.kind === 'choice') emitChoice(program, node.items)
  else if (node.kind === 'repeat') emitRepeat(program, node)
  else {
    program.push({ op: 'save', slot: 2 * node.index })
    emit(program, node.item)
    program.push({ op: 'save', slot: 2 * node.index + 1 })
  }
}

const emitChoice = (program: Instruction[], items: readonly Node[]): void => {
  const jumps = items.slice(0, -1).map((item) => {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 }
    program.push(split)
    emit(program, item)
    const jump = { op: 'jump' as const, to: 0 }
    program.push(jump)
    split.second = program.length
    return jump
  })
  const last = items.at(-1)
  if (last) emit(program, last)
  for (const jump of jumps) jump.to = program.length
}

const emitRepeat = (program: Instruction[], { item, min, max, lazy }: Extract<Node, { kind: 'repeat' }>): void => {
  for (let count = 0; count < min; count++) emit(program, item)
  const exits: Extract<Instruction, { op: 'split' }>[] = []
  const optional = () => {
    const split = { op: 'split' as const, first: program.length + 1, second: program.length + 1 }
    program.push(split)
    exits.push(split)
    return program.length - 1
  }
  if (max === Infinity) {
    const start = optional()
    emit(program, item)
    program.push({ op: 'jump', to: start })
  } else {
    for (let count = min; count < max; count++) {
      optional()
      emit(program, item)
    }
  }
  for (const exit of exits) exit[lazy ? 'first' : 'second'] = program.length
}

const findAll = (program: readonly Instruction[], groups: number, text: readonly string[]): readonly Match[] => {
  const found: Match[] = []
  for (let start = 0; start <= text.length; ) {
    const slots = findFrom(program, text, start)
    if (!slots) break
    const part = (index: number) => {
      const [from, to] = [slots[2 * index], slots[2 * index + 1]]
      return from === undefined || to === undefined ? undefined : text.slice(from, to).join('')
    }
    found.push({ whole: part(0) ?? '', groups: Array.from({ length: groups }, (_, index) => part(index + 1)) })
    const [from = start, to = start] = slots
    start = to > from ? to : to + 1
  }
  return found
}

const findFrom = (program: readonly Instruction[], text: readonly string[], start: number): Thread['slots'] | undefined => {
  let threads: Thread[] = []
  let found: Thread['slots'] | undefined
  for (let position = start; position <= text.length; position++) {
    const seen = new Set<number>()
    const ready: Thread[] = []
    for (const thread of threads) follow(program, text, position, thread, seen, ready)
    if (!found) follow(program, text, position, { at: 0, slots: [] }, seen, ready)
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

/** Goes on without reading, with a stack of its own: programs are longer than the call stack is deep. */
const follow = (program: readonly Instruction[], text: readonly string[], position: number, from: Thread, seen: Set<number>, ready: Thread[]): void => {
  const stack = [from]
  for (let thread = stack.pop(); thread; thread = stack.pop()) {
    const { at, slots } = thread
    const instruction = program[at]
    if (seen.has(at) || !instruction) continue
    seen.add(at)
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

const holds = (assertion: Assertion, text: readonly string[], position: number): boolean => {
  const [before, after] = [text[position - 1], text[position]]
  if (assertion === 'start') return position === 0
  if (assertion === 'end') return after === undefined || (after === '\n' && position === text.length - 1)
  if (assertion === 'lineStart') return before === undefined || before === '\n'
  if (assertion === 'lineEnd') return after === undefined || after === '\n'
  const boundary = (before !== undefined && isWord(before)) !== (after !== undefined && isWord(after))
  return assertion === 'wordBoundary' ? boundary : !boundary
}
