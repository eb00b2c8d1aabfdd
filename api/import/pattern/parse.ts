// Regular expressions in Python's dialect, to a tree. What a linear-time search cannot do (back-references, look-around) is refused with a sentence.

export type CharTest = (char: string) => boolean
export type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary'

export type Node =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly item: Node }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number; readonly lazy: boolean }

export class PatternError extends Error {}

export const isWord: CharTest = (char) => /[\p{L}\p{N}_]/u.test(char)
const classes: Readonly<Record<string, CharTest>> = {
  d: (char) => /\p{Nd}/u.test(char),
  w: isWord,
  s: (char) => /\s/u.test(char),
}
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }
const most = 1000

export interface Flags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
}

/** The tree of a pattern and how many groups it has. */
export const parsePattern = (pattern: string, ignoreCase = false): { readonly root: Node; readonly groups: number } => {
  const inline = /^\(\?([ims]+)\)/.exec(pattern)
  const letters = inline?.[1] ?? ''
  const flags = { ignoreCase: ignoreCase || letters.includes('i'), multiline: letters.includes('m'), dotAll: letters.includes('s') }
  const parser = new Parser(Array.from(pattern.slice(inline?.[0].length ?? 0)), flags)
  return { root: parser.all(), groups: parser.groups }
}

class Parser {
  groups = 0
  readonly #chars: readonly string[]
  readonly #flags: Flags
  #at = 0

  constructor(chars: readonly string[], flags: Flags) {
    this.#chars = chars
    this.#flags = flags
  }

  all(): Node {
    const root = this.#choice(0)
    if (this.#at < this.#chars.length) throw new PatternError("it closes a group with ')' that was never opened")
    return root
  }

  #peek(text: string): boolean {
    return this.#chars.slice(this.#at, this.#at + text.length).join('') === text
  }

  #take(text: string): boolean {
    const there = this.#peek(text)
    if (there) this.#at += text.length
    return there
  }

  #next(): string {
    const char = this.#chars[this.#at++]
    if (char === undefined) throw new PatternError('it ends too early')
    return char
  }

  #choice(depth: number): Node {
    // Deeper than anybody writes; the recursion is bounded by it.
    if (depth > 50) throw new PatternError('its groups are nested more than 50 deep')
    const items = [this.#sequence(depth)]
    while (this.#take('|')) items.push(this.#sequence(depth))
    return items.length === 1 && items[0] ? items[0] : { kind: 'choice', items }
  }

  #sequence(depth: number): Node {
    const items: Node[] = []
    while (this.#at < this.#chars.length && !this.#peek('|') && !this.#peek(')')) items.push(this.#repeated(this.#atom(depth)))
    return { kind: 'sequence', items }
  }

  #repeated(item: Node): Node {
    const bounds = this.#bounds()
    if (!bounds) return item
    if (item.kind === 'assert') throw new PatternError('it repeats a position, which is nothing to repeat')
    const lazy = this.#take('?')
    if (this.#peek('+') || this.#peek('*') || this.#bounds()) throw new PatternError('it repeats a repetition; put the inner one into a group')
    return { kind: 'repeat', item, ...bounds, lazy }
  }

  #bounds(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity }
    if (this.#take('+')) return { min: 1, max: Infinity }
    if (this.#take('?')) return { min: 0, max: 1 }
    const counted = /^\{(\d*)(,?)(\d*)\}/.exec(this.#chars.slice(this.#at, this.#at + 12).join(''))
    if (!counted || (counted[1] === '' && counted[3] === '')) return undefined
    this.#at += counted[0].length
    const min = Number(counted[1])
    const max = counted[2] === '' ? min : counted[3] === '' ? Infinity : Number(counted[3])
    if (max < min) throw new PatternError(`${counted[0]} asks for less than its own minimum`)
    if (min > most || (max !== Infinity && max > most)) throw new PatternError(`${counted[0]} asks for more than ${most} repetitions`)
    return { min, max }
  }

  #atom(depth: number): Node {
    const char = this.#next()
    if (char === '(') return this.#group(depth)
    if (char === '[') return { kind: 'char', test: this.#class() }
    if (char === '.') return { kind: 'char', test: this.#flags.dotAll ? () => true : (other) => other !== '\n' }
    if (char === '^') return { kind: 'assert', assertion: this.#flags.multiline ? 'lineStart' : 'start' }
    if (char === '$') return { kind: 'assert', assertion: this.#flags.multiline ? 'lineEnd' : 'end' }
    if (char === '*' || char === '+' || char === '?') throw new PatternError(`'${char}' has nothing to repeat`)
    return char === '\\' ? this.#escaped() : { kind: 'char', test: this.#literal(char) }
  }

  #group(depth: number): Node {
    const plain = this.#take('?:')
    if (!plain && this.#peek('?P<')) this.#name()
    else if (!plain && this.#peek('?')) throw new PatternError('look-around, conditions and flags inside the pattern are not supported')
    const index = plain ? 0 : ++this.groups
    const item = this.#choice(depth + 1)
    if (!this.#take(')')) throw new PatternError("it has a '(' that is never closed")
    return plain ? item : { kind: 'group', index, item }
  }

  #name(): void {
    this.#at += 3
    while (!this.#take('>')) if (!isWord(this.#next())) throw new PatternError('the name of a group has letters, digits and _ only')
  }

  #escaped(): Node {
    const char = this.#next()
    if (char === 'b') return { kind: 'assert', assertion: 'wordBoundary' }
    if (char === 'B') return { kind: 'assert', assertion: 'noWordBoundary' }
    if (char === 'A') return { kind: 'assert', assertion: 'start' }
    if (char === 'Z') return { kind: 'assert', assertion: 'end' }
    return { kind: 'char', test: classOf(char) ?? this.#literal(this.#escapedChar(char)) }
  }

  #escapedChar(char: string): string {
    const control = controls[char]
    if (control) return control
    if (char === 'x' || char === 'u') return this.#code(char === 'x' ? 2 : 4)
    if (/[1-9]/.test(char)) throw new PatternError(`\\${char} is a back-reference, which is not supported`)
    if (/[0-9A-Za-z]/.test(char)) throw new PatternError(`\\${char} is not an escape that is known`)
    return char
  }

  #code(length: number): string {
    const digits = this.#chars.slice(this.#at, this.#at + length).join('')
    if (!new RegExp(`^[0-9A-Fa-f]{${length}}$`).test(digits)) throw new PatternError(`it has a \\x or \\u without ${length} hexadecimal digits`)
    this.#at += length
    return String.fromCodePoint(Number.parseInt(digits, 16))
  }

  #literal(char: string): CharTest {
    if (!this.#flags.ignoreCase) return (other) => other === char
    const lower = char.toLowerCase()
    return (other) => other.toLowerCase() === lower
  }

  #class(): CharTest {
    const negated = this.#take('^')
    const tests: CharTest[] = []
    do tests.push(this.#classItem())
    while (!this.#take(']'))
    return negated ? (char) => !tests.some((test) => test(char)) : (char) => tests.some((test) => test(char))
  }

  #classItem(): CharTest {
    const first = this.#classChar()
    if (typeof first === 'function') return first
    if (!this.#peek('-') || this.#chars[this.#at + 1] === ']') return this.#literal(first)
    this.#at++
    const last = this.#classChar()
    if (typeof last === 'function' || last < first) throw new PatternError(`the range after '${first}' in its [] goes nowhere`)
    const within: CharTest = (char) => first <= char && char <= last
    return this.#flags.ignoreCase ? (char) => within(char.toLowerCase()) || within(char.toUpperCase()) : within
  }

  #classChar(): string | CharTest {
    const char = this.#next()
    if (char !== '\\') return char
    const escaped = this.#next()
    return escaped === 'b' ? '\b' : (classOf(escaped) ?? this.#escapedChar(escaped))
  }
}

const classOf = (letter: string): CharTest | undefined => {
  const positive = classes[letter]
  if (positive) return positive
  const negative = /[A-Z]/.test(letter) ? classes[letter.toLowerCase()] : undefined
  return negative && ((char) => !negative(char))
}
