// What a condition asks of a transaction.
import { compilePattern } from '../import/pattern/search.ts'
import { amountText, type ExactDecimal, exactDecimal, isLess } from './decimal.ts'
import type { Condition } from './rule.ts'

/** What rules look at. */
export interface Facts {
  readonly description: string | null
  readonly recipientApplicant: string | null
  readonly iban: string | null
  /** A plain decimal. */
  readonly amount: string | null
}

/** A text of a transaction, prepared once for all conditions. */
export interface Subject {
  text(column: string): string | null
  lower(column: string): string | null
  number(column: string): ExactDecimal | null
  /** Those of its characters that are searched. */
  characters(column: string): readonly string[] | null
}

export interface Test {
  readonly id: number
  /** A search may take long: whoever runs it looks at the clock before. */
  readonly isSearch: boolean
  readonly holds: (subject: Subject) => boolean
}

const columns = ['description', 'recipientApplicant', 'iban', 'amount'] as const

// As much of a text as is searched: longer than any description.
const searchedLength = 1000

/** What is reckoned from a column once. */
const kept = <T>(reckon: (column: string) => T): ((column: string) => T) => {
  const known = new Map<string, T>()
  return (column) => {
    const before = known.get(column)
    if (before !== undefined) return before
    const value = reckon(column)
    known.set(column, value)
    return value
  }
}

export const subjectOf = (facts: Facts): Subject => {
  const text = (column: string) => {
    const known = columns.find((name) => name === column)
    const value = known ? facts[known] : null
    return known === 'amount' && value !== null ? amountText(value) : value
  }
  return {
    text,
    lower: kept((column) => text(column)?.toLowerCase() ?? null),
    number: kept((column) => exactDecimal(text(column) ?? '') ?? null),
    characters: kept((column) => {
      const value = text(column)
      return value === null ? null : Array.from(value.slice(0, searchedLength))
    }),
  }
}

export const testOf = (condition: Condition): Test => {
  const { id, type } = condition
  return { id, isSearch: type === 'regex', holds: type === 'regex' ? searching(condition) : type === 'amountRange' ? within(condition) : comparing(condition) }
}

const comparisons: Readonly<Record<string, (text: string, value: string) => boolean>> = {
  contains: (text, value) => value !== '' && text.includes(value),
  startsWith: (text, value) => value !== '' && text.startsWith(value),
  endsWith: (text, value) => value !== '' && text.endsWith(value),
  equals: (text, value) => text === value,
}

const comparing = ({ type, columnName, value, caseSensitive }: Condition): Test['holds'] => {
  const compare = Object.hasOwn(comparisons, type) ? comparisons[type] : undefined
  const wanted = caseSensitive ? (value ?? '') : (value ?? '').toLowerCase()
  return (subject) => {
    const text = caseSensitive ? subject.text(columnName) : subject.lower(columnName)
    return compare !== undefined && text !== null && compare(text, wanted)
  }
}

const within = ({ columnName, minAmount, maxAmount }: Condition): Test['holds'] => {
  const [min, max] = [minAmount, maxAmount].map((bound) => (bound === null ? undefined : exactDecimal(String(bound))))
  return (subject) => {
    const number = subject.number(columnName)
    return number !== null && !(min && isLess(number, min)) && !(max && isLess(max, number))
  }
}

const searching = ({ columnName, value, caseSensitive }: Condition): Test['holds'] => {
  let search: ((characters: readonly string[]) => boolean) | undefined
  return (subject) => {
    const characters = subject.characters(columnName)
    if (characters === null || value === null) return false
    // Only now: a large pattern takes its time.
    search ??= searchFor(value, caseSensitive)
    return search(characters)
  }
}

const searchFor = (pattern: string, caseSensitive: boolean): ((characters: readonly string[]) => boolean) => {
  const compiled = compilePattern(pattern, !caseSensitive)
  return 'problem' in compiled ? () => false : (characters) => compiled.isIn(characters)
}
