// A CSV file of prices or of share transactions, by the position of its cells. Pure.
import { CsvError, parse } from 'csv-parse/sync'
import { readAmount } from '../import/amount.ts'
import { dateReader } from '../import/date.ts'
import type { Slice } from '../import/slices.ts'

export type ShareFileKind = 'history' | 'transactions'

export interface Line {
  readonly number: number
  readonly cells: readonly string[]
}
export interface ShareFileRow {
  readonly line: number
  readonly identifier: Identifier
  /** `YYYY-MM-DD 00:00:00` */
  readonly date: string
  /** An amount, or how many shares. */
  readonly figure: string
}
/** As the database compares it: of its letters the case does not count. */
export type Identifier = { readonly isin: string } | { readonly wkn: string }
export interface RowError {
  readonly line: number
  readonly text: string
}

export const delimiter = ';'

// Every line end wherever it stands: by itself the parser would take the first one for the only one.
const reading = { delimiter, relax_quotes: true, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] }

/** The lines of a piece of the file, or why it is no CSV. */
export const linesOf = ({ text, linesBefore }: Slice): readonly Line[] | { readonly problem: string } => {
  try {
    const records: readonly (readonly string[])[] = parse(text, reading)
    return records.map((cells, index) => ({ number: linesBefore + index + 1, cells: cells.map((cell) => cell.trim()) }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const what = error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quotation mark that opens a cell is never closed' : error.message
    return { problem: `${what}; look from line ${linesBefore + 1} on` }
  }
}

const readDay = dateReader('%d.%m.%Y')

const identifierOf = (text: string): Identifier | { readonly problem: string } => {
  // The database would find 'a' for 'ä', too; no number of a share has such letters.
  if (!/^[\x20-\x7e]+$/.test(text) || text.length > 12) return { problem: `'${text}' is neither an ISIN (12 letters and digits) nor a WKN (6)` }
  return text.length > 6 ? { isin: text.toUpperCase() } : { wkn: text.toUpperCase() }
}

const missing = { history: 'Missing required fields', transactions: 'Missing ISIN/WKN or Datum' }

const readRow = (kind: ShareFileKind, { number, cells: [name = '', day = '', figure = ''] }: Line): ShareFileRow | RowError => {
  const wrong = (text: string): RowError => ({ line: number, text: `Row ${number}: ${text}` })
  if (name === '' || day === '' || (kind === 'history' && figure === '')) return wrong(missing[kind])
  const identifier = identifierOf(name)
  if ('problem' in identifier) return wrong(identifier.problem)
  const date = 'problem' in readDay ? readDay : readDay(day)
  if ('problem' in date) return wrong(`'${day}' is not a date; write it as DD.MM.YYYY`)
  const amount = readAmount(figure === '' ? '0' : figure, ',')
  return 'problem' in amount ? wrong(amount.problem) : { line: number, identifier, date: date.date, figure: amount.amount }
}

/** Rows and errors of the lines after the first; lines without any text are nothing. */
export const readRows = (lines: readonly Line[], kind: ShareFileKind): { readonly rows: readonly ShareFileRow[]; readonly errors: readonly RowError[] } => {
  const rows: ShareFileRow[] = []
  const errors: RowError[] = []
  for (const line of lines.slice(1)) {
    if (line.cells.every((cell) => cell === '')) continue
    const row = readRow(kind, line)
    if ('text' in row) errors.push(row)
    else rows.push(row)
  }
  return { rows, errors }
}
