// The instructions that a pattern becomes.
import { type Assertion, type CharTest, type Node, PatternError } from './parse.ts'

export type Instruction =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly assertion: Assertion }
  | { readonly op: 'match' }

const largestProgram = 20_000

export const programOf = (root: Node): readonly Instruction[] => {
  const program: Instruction[] = []
  emit(program, { kind: 'group', index: 0, item: root })
  program.push({ op: 'match' })
  return program
}

const emit = (program: Instruction[], node: Node): void => {
  if (program.length > largestProgram) throw new PatternError('its repetitions are too large')
  if (node.kind === 'char') program.push({ op: 'char', test: withTable(node.test) })
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

/** What a test says of the first 128 characters is asked once: almost every cell holds no others. */
const withTable = (test: CharTest): CharTest => {
  const table = Uint8Array.from({ length: 128 }, (_, code) => Number(test(String.fromCharCode(code))))
  return (char) => {
    const code = char.charCodeAt(0)
    return code < 128 ? table[code] === 1 : test(char)
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
