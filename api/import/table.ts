// From the text of a file to its header and its rows.
import { CsvError, parse } from 'csv-parse/sync'
import type { Version } from './format.ts'
import { longestRecord, slices } from './slices.ts'
import { textOfFile } from './text-of-file.ts'

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

type Layout = Pick<Version, 'encoding' | 'delimiter' | 'header_skip'>
type Records = readonly (readonly string[])[] | { readonly problem: string }

// Every line end wherever it stands: by itself the parser would take the first one for the only one.
const reading = { relax_quotes: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'] }

// Read within some ten milliseconds; between two slices others have their turn.
const sliceSize = 200_000

// Many times what a person's bank account has in a year; a file of nothing but line ends has millions.
const mostRows = 500_000

/** The whole file as a table, or why it is none; pauses between pieces of it. */
export function* tableSteps(bytes: Uint8Array, layout: Layout): Generator<void, Table | { readonly problem: string }> {
  const text = textAfterSkip(bytes, layout)
  if (typeof text !== 'string') return text
  const records: (readonly string[])[] = []
  const pieces = slices(text, layout.delimiter, sliceSize)
  let piece = pieces.next()
  for (; !piece.done; piece = pieces.next()) {
    const some = readRecords(piece.value.text, layout.delimiter, layout.header_skip + piece.value.linesBefore)
    if ('problem' in some) return some
    if (records.length + some.length > mostRows) return { problem: `it has more than ${mostRows} rows; split it` }
    // Not as arguments of one push: a slice has more records than a call may have arguments.
    for (const record of some) records.push(record)
    yield
  }
  if (piece.value !== undefined) return tooLong(layout.header_skip + piece.value)
  const [header = [], ...rows] = records
  return { header: trimmed(header), rows }
}

/** The trimmed header alone; undefined when the file cannot be read that way. */
export const readHeader = (bytes: Uint8Array, layout: Layout): readonly string[] | undefined => {
  const text = textAfterSkip(bytes, layout)
  if (typeof text !== 'string') return undefined
  const records = readRecords(text.slice(0, longestRecord), layout.delimiter, layout.header_skip, 1)
  return 'problem' in records ? undefined : trimmed(records[0] ?? [])
}

const tooLong = (line: number) => ({
  problem: `the row at line ${line} is longer than ${longestRecord} characters; look for a quotation mark that is never closed from there on`,
})

const trimmed = (names: readonly string[]) => names.map((name) => name.trim())

const textAfterSkip = (bytes: Uint8Array, { encoding, header_skip }: Layout): string | { readonly problem: string } => {
  const decoded = textOfFile(bytes, encoding)
  if ('problem' in decoded) return decoded
  const text = withoutLines(decoded.text, header_skip)
  if (text.trim() !== '') return text
  return { problem: header_skip > 0 ? `it has no header after the ${header_skip} lines that the format skips` : 'it is empty' }
}

const readRecords = (text: string, delimiter: string, linesBefore: number, most?: number): Records => {
  try {
    return parse(text, { ...reading, delimiter, ...(most !== undefined && { to: most }) })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code !== 'CSV_QUOTE_NOT_CLOSED') return { problem: `it is not a CSV file with the delimiter '${delimiter}': ${error.message}` }
    return { problem: `a quotation mark that opens a cell is never closed; look from line ${linesBefore + openingLine(text)} on` }
  }
}

// The parser tells the line where the text ends. The last piece of even quotation marks ends where the open cell begins.
const openingLine = (text: string): number => {
  const lines = text.split(/\r\n|\n|\r/)
  let quotes = 0
  let opening = 1
  lines.forEach((line, index) => {
    const before = quotes
    quotes += line.split('"').length - 1
    if (before % 2 === 0 && quotes % 2 === 1) opening = index + 1
  })
  return opening
}

const withoutLines = (text: string, count: number): string => {
  const ends = /\r\n|\n|\r/g
  for (let line = 0; line < count; line++) if (!ends.exec(text)) return ''
  return text.slice(ends.lastIndex)
}
