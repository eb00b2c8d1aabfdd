// From the text of a file to its header and its rows.
import { CsvError, parse } from 'csv-parse/sync'
import type { Version } from './format.ts'
import { textOfFile } from './text-of-file.ts'

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

type Layout = Pick<Version, 'encoding' | 'delimiter' | 'header_skip'>

/** The whole file as a table, or why it is none. */
export const readTable = (bytes: Uint8Array, layout: Layout): Table | { readonly problem: string } => readRecords(bytes, layout)

/** The trimmed header alone; undefined when the file cannot be read that way. */
export const readHeader = (bytes: Uint8Array, layout: Layout): readonly string[] | undefined => {
  const table = readRecords(bytes, layout, 1)
  return 'problem' in table ? undefined : table.header
}

const readRecords = (bytes: Uint8Array, { encoding, delimiter, header_skip }: Layout, most?: number): Table | { readonly problem: string } => {
  const decoded = textOfFile(bytes, encoding)
  if ('problem' in decoded) return decoded
  const text = withoutLines(decoded.text, header_skip)
  if (text.trim() === '') return { problem: header_skip > 0 ? `it has no header after the ${header_skip} lines that the format skips` : 'it is empty' }
  try {
    const records = parse(text, {
      delimiter,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      ...(most !== undefined && { to: most }),
    })
    const [header = [], ...rows] = records
    return { header: header.map((name) => name.trim()), rows }
  } catch (error) {
    if (error instanceof CsvError) return { problem: `it is not a CSV file with the delimiter '${delimiter}': ${error.message}` }
    throw error
  }
}

const withoutLines = (text: string, count: number): string => {
  const ends = /\r\n|\n|\r/g
  for (let line = 0; line < count; line++) if (!ends.exec(text)) return ''
  return text.slice(ends.lastIndex)
}
