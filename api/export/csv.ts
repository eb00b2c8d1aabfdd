// Rows as CSV (RFC 4180): NULL is nothing, an empty text is "". Pure.

export interface CsvColumn {
  readonly name: string
  readonly isText: boolean
}

/** `exact` keeps every text as it is; `spreadsheet` is for those that take a text for a formula, or UTF-8 for something else. */
export type Purpose = 'exact' | 'spreadsheet'

/** How a formula begins for one spreadsheet or another; the wide forms of the signs count, too. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** What a column holds. */
export type Value = string | number | boolean | null

const cell = (value: Value | undefined, isText: boolean, purpose: Purpose): string => {
  if (value === null || value === undefined) return ''
  const text = String(value)
  if (!isText) return text
  return quoted(purpose === 'spreadsheet' && formula.test(text) ? `'${text}` : text)
}

/** Only spreadsheets need to be told that it is UTF-8; everybody else would take the mark for a part of the first name. */
export const csvHead = (columns: readonly CsvColumn[], purpose: Purpose): string =>
  `${purpose === 'spreadsheet' ? '\u{feff}' : ''}${columns.map(({ name }) => quoted(name)).join(',')}\r\n`

export const csvLine = (columns: readonly CsvColumn[], row: Readonly<Record<string, Value>>, purpose: Purpose): string =>
  `${columns.map(({ name, isText }) => cell(row[name], isText, purpose)).join(',')}\r\n`
