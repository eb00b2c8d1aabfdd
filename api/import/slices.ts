// Cuts the text of a CSV file between records, so that it can be read piece by piece.

export interface Slice {
  readonly text: string
  /** Lines of the file before it. */
  readonly linesBefore: number
}

const isLineEnd = (char: string | undefined) => char === '\n' || char === '\r'

/** Each at least `size` characters long, but for the last; together the whole text. Quotes are read as csv-parse reads them with relax_quotes. */
export function* slices(text: string, delimiter: string, size: number): Generator<Slice> {
  let [start, lines, linesBefore] = [0, 0, 0]
  let [quoted, fieldStart] = [false, true]
  for (let at = 0; at < text.length; at++) {
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
    if (lineEnd && at + 1 - start >= size) {
      yield { text: text.slice(start, at + 1), linesBefore }
      start = at + 1
      linesBefore = lines
    }
  }
  if (start < text.length) yield { text: text.slice(start), linesBefore }
}
