// From the cells of a row to the text of one target field.
import { compilePattern, type Match, type Pattern } from './pattern/search.ts'

/** The cell of a column, untrimmed; undefined when the file has no such column. */
export type Cells = (column: string) => string | undefined

export interface Mapping {
  /** The columns it reads; empty for a field that is always empty. */
  readonly columns: readonly string[]
  /** What could not be used of it. */
  readonly problems: readonly string[]
  read(cells: Cells): string
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [])

// Longer than any column of the database; searching more of it finds nothing that could be kept.
const searchedLength = 4096

/** The first form that matches wins. */
export const readMapping = (stored: unknown): Mapping => {
  if (typeof stored === 'string') return oneColumn(stored)
  if (!isObject(stored)) return nothing
  if (typeof stored['name'] === 'string') return oneColumn(stored['name'])
  if (Array.isArray(stored['join'])) return joined(texts(stored['join']), typeof stored['separator'] === 'string' ? stored['separator'] : ' ')
  if (Array.isArray(stored['sources'])) return searched(stored['sources'].flatMap(sourceOf))
  if (typeof stored['regex'] === 'string' && typeof stored['source'] === 'string') return searched([{ column: stored['source'], regex: stored['regex'] }])
  if (Array.isArray(stored['names'])) return firstFilled(texts(stored['names']))
  return nothing
}

const nothing: Mapping = { columns: [], problems: [], read: () => '' }

const trimmed = (cells: Cells, column: string) => (cells(column) ?? '').trim()

const oneColumn = (column: string): Mapping => ({ columns: [column], problems: [], read: (cells) => trimmed(cells, column) })

const joined = (columns: readonly string[], separator: string): Mapping => ({
  columns,
  problems: [],
  read: (cells) => columns.flatMap((column) => trimmed(cells, column) || []).join(separator),
})

const firstFilled = (columns: readonly string[]): Mapping => ({
  columns,
  problems: [],
  read: (cells) => columns.map((column) => trimmed(cells, column)).find((text) => text !== '') ?? '',
})

interface Source {
  readonly column: string
  readonly regex: string
}

const sourceOf = (item: unknown): readonly Source[] =>
  isObject(item) && typeof item['name'] === 'string' && typeof item['regex'] === 'string' ? [{ column: item['name'], regex: item['regex'] }] : []

const searched = (sources: readonly Source[]): Mapping => {
  const usable: { readonly column: string; readonly pattern: Pattern }[] = []
  const problems: string[] = []
  for (const { column, regex } of sources) {
    const pattern = compilePattern(regex)
    if ('problem' in pattern) problems.push(`the regular expression '${regex}' is not used: ${pattern.problem}`)
    else usable.push({ column, pattern })
  }
  return {
    columns: sources.map(({ column }) => column),
    problems,
    read: (cells) => usable.flatMap(({ column, pattern }) => pattern.matches((cells(column) ?? '').slice(0, searchedLength)).map(matchText)).join(' | '),
  }
}

const matchText = ({ whole, groups }: Match): string => (groups.length === 0 ? whole : groups.map((group) => group ?? '').join(''))
