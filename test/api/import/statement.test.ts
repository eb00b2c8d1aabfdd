import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Format, readFormat } from '../../../api/import/format.ts'
import { readStatement, type StatementRow, statementSteps } from '../../../api/import/statement.ts'

const shipped: Record<string, unknown> = parse(readFileSync('cfg/import_formats.yaml', 'utf8')).formats

const format = (config: unknown): Format => {
  const result = readFormat('bank', config)
  if ('problem' in result) throw new Error(result.problem)
  return result
}
const simple = {
  encoding: 'utf-8',
  delimiter: ';',
  decimal: ',',
  date_format: '%d.%m.%Y',
  columns: { dateValue: 'Datum', amount: 'Betrag', description: 'Text', account: 'Konto' },
}
const read = (text: string | Uint8Array, config: unknown = simple) => readStatement(typeof text === 'string' ? Buffer.from(text) : text, format(config))
const rowsOf = (text: string | Uint8Array, config: unknown = simple): readonly StatementRow[] => {
  const result = read(text, config)
  if ('problem' in result) throw new Error(result.problem)
  return result.rows
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const cell = fc.string({ unit: fc.constantFrom('a', 'Ö', '€', '"', ';', ',', '\n', '\r\n', ' ', '1'), maxLength: 12 })

test('whatever text a bank writes into a cell, it is read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(';', ',', '\t'),
      fc.constantFrom('\n', '\r\n'),
      (rows, delimiter, end) => {
        const lines = rows.map(([text, account]) => ['01.02.2024', quoted('-1.234,50'), quoted(text), quoted(account)].join(delimiter))
        const file = ['Datum', 'Betrag', 'Text', 'Konto'].join(delimiter) + end + lines.join(end)
        const found = rowsOf(file, { ...simple, delimiter })
        expect(found.map(({ description, account }) => [description, account])).toEqual(rows.map(([text, account]) => [text.trim(), account.trim()]))
        expect(found.every(({ amount, dateValue }) => amount === '-1234.50' && dateValue === '2024-02-01 00:00:00')).toBe(true)
      },
    ),
  )
})

test('the three sample files are read in the format they are named for, without a warning', () => {
  const results = ['csv-cb', 'csv-spk', 'csv-mintos'].map((name) => {
    const result = read(readFileSync(`cfg/samples/${name}.csv`), shipped[name])
    return 'problem' in result ? result : [result.version.key, result.total, result.rows.length, result.warnings, result.rows[2]]
  })
  expect(results).toEqual([
    ['v1', 8, 8, [], expect.objectContaining({ recipientApplicant: 'Bäckerei Öhler', description: 'Kartenzahlung; Filiale "Am Markt"', amount: '-7.45' })],
    ['v1', 5, 5, [], expect.objectContaining({ recipientApplicant: 'Café Größenwahn', dateValue: '2026-02-09 00:00:00', bic: 'MARKDEF1' })],
    ['v2', 5, 5, [], expect.objectContaining({ iban: 'LVX000009Z8Y51100942-02', description: expect.stringContaining(' | 700000003'), bic: '' })],
  ])
})

test('the newest of two versions that a file could be in is the one with more of its columns', () => {
  const file = 'Valuta;Betrag;Verwendungszweck;IBAN / Konto-Nr.;BIC / BLZ;Sender / Empfänger\n01.02.2024;1,00;x;DE1;B;y'
  expect(read(file, shipped['csv-cb'])).toMatchObject({ version: { key: 'v2' }, rows: [{ iban: 'DE1', bic: 'B', recipientApplicant: 'y' }] })
})

test('a byte order mark does not belong to the first column', () => {
  expect(rowsOf('\ufeffDatum;Betrag;Text\n01.02.2024;1,00;x')).toHaveLength(1)
})

test('a file that is not utf-8 from its beginning is read as latin-1', () => {
  expect(rowsOf(Buffer.from('Datum;Betrag;Text\n01.02.2024;1,00;Größe', 'latin1'))).toMatchObject([{ description: 'Größe' }])
})

test('lines before the header are passed over, empty lines too, short rows are filled up and surplus cells ignored', () => {
  const file = 'Konto 4711\r\n\r\nDatum ; Betrag;Text;Konto\r\n\r\n01.02.2024;1,00\r\n01.02.2024;2,00;b;c;d;e\r\n'
  const result = read(file, { ...simple, header_skip: 2 })
  expect(result).toMatchObject({
    total: 2,
    warnings: [],
    rows: [
      { index: 1, description: '' },
      { index: 2, description: 'b', account: 'c' },
    ],
  })
})

test('a row that cannot be read is left out and named by row and column, the others are kept', () => {
  const file = 'Datum;Betrag;Text\n01.02.2024;1,00;a\nxx;2,00;b\n03.02.2024;drei;c\n;;d\n05.02.2024;5,00;e'
  expect(read(file)).toMatchObject({
    total: 5,
    rows: [{ index: 1 }, { index: 5 }],
    warnings: [
      "Row 2: column Datum: time data 'xx' does not match format '%d.%m.%Y'",
      "Row 3: column Betrag: 'drei' is not an amount with the decimal mark ','",
      "Row 4: column Datum: time data '' does not match format '%d.%m.%Y'; column Betrag: '' is not an amount with the decimal mark ','",
    ],
  })
})

test.each([
  ['an empty file', '', simple, 'it is empty'],
  ['nothing but line ends', '\n\r\n \n', simple, 'it is empty'],
  ['no header after the lines that are skipped', 'a\nb\n', { ...simple, header_skip: 2 }, 'it has no header after the 2 lines that the format skips'],
  [
    'a file of another bank',
    'Date;Turnover\n1;2',
    simple,
    "it matches no version of the format 'bank': no column Datum (dateValue), no column Betrag (amount); the file has: Date, Turnover. Choose the format of this bank",
  ],
  [
    'a quote that is never closed',
    'Datum;Betrag\n"01.02.2024";"1,00"\n"02.02.2024;1,00\n03',
    simple,
    'a quotation mark that opens a cell is never closed; look from line 3 on',
  ],
  [
    'another encoding',
    Buffer.concat([Buffer.from('Datum;Betrag\n'), Buffer.alloc(9000, '01.02.2024;1,00\n'), Buffer.from([0xfc])]),
    simple,
    'it is not written in utf-8, the encoding of the format; save it as utf-8 or change the encoding of the format',
  ],
  [
    'a row without an end',
    `Datum;Betrag\n01.02.2024;1,00\n"a\n${'b;\n'.repeat(400_000)}"`,
    { ...simple, header_skip: 0 },
    'the row at line 3 is longer than 1000000 characters; look for a quotation mark that is never closed from there on',
  ],
  ['a line of nothing but delimiters', `Datum;Betrag\n${';'.repeat(1_100_000)}`, simple, expect.stringContaining('the row at line 2 is longer than')],
  ['more rows than a bank has', `Datum;Betrag\n${';\n'.repeat(500_001)}`, simple, 'it has more than 500000 rows; split it'],
  ['an encoding that nobody knows', 'x', { ...simple, encoding: 'klingon' }, "the encoding 'klingon' of the format is not known; use utf-8 or latin-1"],
])('%s is refused as a whole with a sentence', (_title, file, config, problem) => {
  expect(read(file, config)).toEqual({ fault: 'file', problem })
})

test('a format with a date pattern that cannot be used is at fault, not the file', () => {
  expect(read('Datum;Betrag\n1;2', { ...simple, date_format: '%Q' })).toMatchObject({ fault: 'format', problem: expect.stringContaining("has '%Q'") })
})

test('a large file is read in many short steps, and says the same', () => {
  const text = `Datum;Betrag;Text\n${'01.02.2024;1,00;"a\nb"\n'.repeat(30_000)}`
  const steps = statementSteps(Buffer.from(text), format(simple))
  let count = 0
  for (let step = steps.next(); !step.done; step = steps.next()) count++
  expect(count).toBeGreaterThan(30)
  expect(rowsOf(text)).toHaveLength(30_000)
})
