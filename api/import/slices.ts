// Cuts the text of a CSV file between records, so that it can be read piece by piece.

export interface Slice {
  readonly text: string
  /** Lines of the file before it. */
  readonly linesBefore: number
}

const isLineEnd = (char: string | undefined) => char === '\n' || char === '\r'

/** No record may be longer. */
export const longestRecord = 1_000_000

/**
 * Each at least `size` characters long, but for the last; together the whole text. Quotes are read as csv-parse reads them with relax_quotes.
 * Ends early at a record that is too long, and returns the line on which it begins.
 */
export function* slices(text: string, delimiter: string, size: number): Generator<Slice, number | undefined> {
  let [start, lines, linesBefore] = [0, 0, 0]
  let [record, recordLine] = [0, 1]
  let [quoted, fieldStart] = [false, true]
  for (let at = 0; at < text.length; at++) {
    if (at - record >= longestRecord) return recordLine
    const [char, next] = [text[at], text[at + 1]]
    const lineEnd = char === '\n' || (char === '\r' && next !== '\n')
    if (lineEnd) lines++
    if (quoted) {
      if (char !== '"') continue
      if (next === '"') at++
      else quoted = false
      continue
    }
    quoted = fieldStart && char === '"'
    fieldStart = char === delimiter || isLineEnd(char)
    if (!lineEnd) continue
    record = at + 1
    recordLine = lines + 1
    if (at + 1 - start >= size) {
      yield { text: text.slice(start, at + 1), linesBefore }
      start = at + 1
      linesBefore = lines
    }
  }
  if (start < text.length) yield { text: text.slice(start), linesBefore }
  return undefined
}
