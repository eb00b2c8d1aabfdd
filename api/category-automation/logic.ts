// How the conditions of a rule are joined: `1 AND (2 OR NOT 3)`. A parser of its own, with bounds: nothing of it is ever run as a program.

export type Logic =
  | { readonly kind: 'condition'; readonly id: number }
  | { readonly kind: 'not'; readonly item: Logic }
  | { readonly kind: 'and' | 'or'; readonly items: readonly Logic[] }

export const longestLogic = 2000
const deepest = 50

const words: Readonly<Record<string, 'and' | 'or' | 'not'>> = { AND: 'and', UND: 'and', OR: 'or', ODER: 'or', NOT: 'not', NICHT: 'not' }
const token = /\s*(?:(\d+)|([A-Za-z]+)|([()]))\s*/y

type Token = number | 'and' | 'or' | 'not' | '(' | ')'

class LogicError extends Error {}

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  token.lastIndex = 0
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at
    const [, id, word, bracket] = token.exec(text) ?? []
    const known = id ?? bracket ?? (word === undefined ? undefined : words[word.toUpperCase()])
    if (known === undefined) throw new LogicError(`'${text.slice(at, at + 20).trim()}' is no condition, AND, OR, NOT or bracket`)
    tokens.push(id === undefined ? (known as Token) : Number(id))
  }
  return tokens
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Logic {
    const logic = this.#joined('or', 0)
    if (this.#at < this.#tokens.length) throw new LogicError(`nothing joins '${this.#tokens[this.#at]}' to what stands before it`)
    return logic
  }

  /** Items with AND or OR between them; AND binds more closely. */
  #joined(kind: 'and' | 'or', depth: number): Logic {
    const next = () => (kind === 'or' ? this.#joined('and', depth) : this.#single(depth))
    const first = next()
    const items = [first]
    while (this.#tokens[this.#at] === kind) {
      this.#at++
      items.push(next())
    }
    return items.length > 1 ? { kind, items } : first
  }

  #single(depth: number): Logic {
    if (depth > deepest) throw new LogicError(`it is nested more than ${deepest} deep`)
    const token = this.#tokens[this.#at++]
    if (typeof token === 'number') return { kind: 'condition', id: token }
    if (token === 'not') return { kind: 'not', item: this.#single(depth + 1) }
    if (token !== '(') throw new LogicError(token === undefined ? 'it ends too early' : `a condition is missing before '${token}'`)
    const inner = this.#joined('or', depth + 1)
    if (this.#tokens[this.#at++] !== ')') throw new LogicError("a '(' is never closed")
    return inner
  }
}

/** The logic of a text, undefined when there is none, or why it cannot be read. */
export const readLogic = (text: string): Logic | undefined | { readonly problem: string } => {
  if (text.trim() === '') return undefined
  if (text.length > longestLogic) return { problem: `it is longer than ${longestLogic} characters` }
  try {
    return new Parser(tokensOf(text.trim())).whole()
  } catch (error) {
    if (error instanceof LogicError) return { problem: error.message }
    throw error
  }
}

/** Whether it holds; a condition that does not exist does not. */
export const holdsLogic = (logic: Logic, results: ReadonlyMap<number, boolean>): boolean => {
  switch (logic.kind) {
    case 'condition':
      return results.get(logic.id) ?? false
    case 'not':
      return !holdsLogic(logic.item, results)
    case 'and':
      return logic.items.every((item) => holdsLogic(item, results))
    case 'or':
      return logic.items.some((item) => holdsLogic(item, results))
  }
}

/** Whether it holds as far as results are known; undefined when that depends on the others. */
export const settledLogic = (logic: Logic, resultOf: (id: number) => boolean | undefined): boolean | undefined => {
  switch (logic.kind) {
    case 'condition':
      return resultOf(logic.id)
    case 'not': {
      const held = settledLogic(logic.item, resultOf)
      return held === undefined ? undefined : !held
    }
    case 'and':
    case 'or': {
      const decisive = logic.kind === 'or'
      let isOpen = false
      for (const item of logic.items) {
        const held = settledLogic(item, resultOf)
        if (held === decisive) return decisive
        isOpen ||= held === undefined
      }
      return isOpen ? undefined : !decisive
    }
  }
}
