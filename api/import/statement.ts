// A bank's statement: bytes and a format in, transactions out. A row that cannot be read is named and left out, a file that cannot be read is refused.
import { readAmount } from './amount.ts'
import { type DateReader, dateReader } from './date.ts'
import { detectVersion } from './detection.ts'
import type { Format, Version } from './format.ts'
import { type Cells, type Mapping, readMapping } from './mapping.ts'
import { readHeader, type Table, tableSteps } from './table.ts'

export interface StatementRow {
  /** 1 for the first row after the header. */
  readonly index: number
  readonly dateValue: string
  readonly amount: string
  readonly description: string
  readonly iban: string
  readonly bic: string
  readonly recipientApplicant: string
  /** The name of the account; empty when the row has none. */
  readonly account: string
}

export interface Statement {
  readonly version: Version
  /** Whether the format says which column names the account. */
  readonly namesAccounts: boolean
  /** Fields whose columns the file has not got: they are empty in every row. */
  readonly unmapped: readonly string[]
  readonly rows: readonly StatementRow[]
  /** Rows of the file, those left out too. */
  readonly total: number
  readonly warnings: readonly string[]
}

/** format: the format is at fault; file: the file is. */
export type Refusal = { readonly fault: 'format' | 'file'; readonly problem: string }

const fields = ['dateValue', 'amount', 'description', 'iban', 'bic', 'recipientApplicant', 'account'] as const
type Field = (typeof fields)[number]
type Mappings = Readonly<Record<Field, Mapping>>

/** Whether the rows of a version name their account. */
export const versionNamesAccounts = (version: Version): boolean => readMapping(version.columns['account']).columns.length > 0

/** Reads a statement, step by step: whoever runs it lets others have their turn between two steps. */
export function* statementSteps(bytes: Uint8Array, format: Format): Generator<void, Statement | Refusal> {
  const version = detectVersion(format, (candidate) => readHeader(bytes, candidate))
  if ('problem' in version) return { fault: 'format', problem: version.problem }
  const date = dateReader(version.date_format)
  if (typeof date !== 'function') return { fault: 'format', problem: date.problem }
  const table = yield* tableSteps(bytes, version)
  if ('problem' in table) return { fault: 'file', problem: table.problem }
  const mappings = Object.fromEntries(fields.map((field) => [field, readMapping(version.columns[field])])) as Mappings
  const missing = missingColumns(format, mappings, table.header)
  if (missing) return { fault: 'file', problem: missing }
  const namesAccounts = mappings.account.columns.length > 0
  return { version, namesAccounts, unmapped: unmappedFields(mappings, table.header), ...(yield* readRows(table, version, mappings, date)) }
}

/** The statement at once. */
export const readStatement = (bytes: Uint8Array, format: Format): Statement | Refusal => {
  const steps = statementSteps(bytes, format)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

// Without them no row could ever be read: the file is of another bank.
const missingColumns = (format: Format, mappings: Mappings, header: readonly string[]): string | undefined => {
  const lacking = (['dateValue', 'amount'] as const).filter((field) => !mappings[field].columns.some((column) => header.includes(column)))
  if (lacking.length === 0) return undefined
  const wanted = lacking.map((field) => `${label(mappings[field], field)} (${field})`).join(', no column ')
  return `it matches no version of the format '${format.name}': no column ${wanted}; the file has: ${header.join(', ')}. Choose the format of this bank`
}

const unmappedFields = (mappings: Mappings, header: readonly string[]) =>
  fields
    .filter((field) => mappings[field].columns.length > 0 && !mappings[field].columns.some((column) => header.includes(column)))
    .map((field) => `no column ${label(mappings[field], field)} (${field})`)

const rowsInOneStep = 1000

const label = (mapping: Mapping, field: Field) => mapping.columns.join(' + ') || field

function* readRows(
  { header, rows }: Table,
  version: Version,
  mappings: Mappings,
  date: DateReader,
): Generator<void, Pick<Statement, 'rows' | 'total' | 'warnings'>> {
  const positions = new Map(header.map((name, position) => [name, position]))
  const warnings = fields.flatMap((field) => mappings[field].problems.map((problem) => `Mapping of ${field}: ${problem}`))
  const readable: StatementRow[] = []
  for (const [offset, cells] of rows.entries()) {
    const index = offset + 1
    if (index % rowsInOneStep === 0) yield
    const row = readRow(cellsOf(cells, positions), index, version, mappings, date)
    if (typeof row === 'string') warnings.push(`Row ${index}: ${row}`)
    else readable.push(row)
  }
  return { rows: readable, total: rows.length, warnings }
}

const cellsOf =
  (cells: readonly string[], positions: ReadonlyMap<string, number>): Cells =>
  (column) => {
    const position = positions.get(column)
    return position === undefined ? undefined : (cells[position] ?? '')
  }

const readRow = (cells: Cells, index: number, version: Version, mappings: Mappings, date: DateReader): StatementRow | string => {
  const text = (field: Field) => mappings[field].read(cells)
  const when = date(text('dateValue'))
  const amount = readAmount(text('amount'), version.decimal)
  const problems = [
    ...('problem' in when ? [`column ${label(mappings.dateValue, 'dateValue')}: ${when.problem}`] : []),
    ...('problem' in amount ? [`column ${label(mappings.amount, 'amount')}: ${amount.problem}`] : []),
  ]
  if ('problem' in when || 'problem' in amount) return problems.join('; ')
  return {
    index,
    dateValue: when.date,
    amount: amount.amount,
    description: text('description'),
    iban: text('iban'),
    bic: text('bic'),
    recipientApplicant: text('recipientApplicant'),
    account: text('account'),
  }
}
