// What a bank's file may look like, and what is stored of it.
import sql from 'sql-template-tag'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { importCsv } from '../import-form.ts'
import { aHousehold } from './household.ts'
import { json, tell } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.run(sql`DELETE FROM tbl_shareTransaction`)
  await database.db.run(sql`DELETE FROM tbl_accountingEntry`)
  await database.db.run(sql`DELETE FROM tbl_transaction`)
  await database.db.run(sql`DELETE FROM tbl_setting`)
})

const columns = { dateValue: 'Tag', amount: 'Betrag', description: 'Text' }
const version = { encoding: 'utf-8', delimiter: ';', decimal: ',', date_format: '%d.%m.%Y', columns }
const legacy = (changes: object = {}) => ({ ...version, ...changes })
const mapped = (mapping: object) => legacy({ columns: { ...columns, ...mapping } })
const store = (config: object) => tell(database, 'POST /settings/import-formats', json({ name: 'bank', config }))
const stored = async () => {
  const rows = await database.db.all<{ dateValue: string; amount: string; description: string; iban: string | null; account: number }>(
    sql`SELECT dateValue, amount, description, iban, account FROM tbl_transaction ORDER BY id`,
  )
  return rows.map(({ dateValue, amount, description, iban, account }) => [
    dateValue.replace('T00:00:00', ''),
    amount.replace(/\.?0+$/, ''),
    description,
    iban,
    account,
  ])
}
const head = 'Tag;Betrag;Text\n'
const one = (amount: string, text = 'x', day = '2024-02-01', iban: string | null = null) => [[day, amount, text, iban, 1]]
const latin = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('a row is stored', () => {
  test.each<readonly [string, object, string | Uint8Array<ArrayBuffer>, readonly (readonly unknown[])[]]>([
    ['with a comma and dots in its amount', legacy(), `${head}01.02.2024;-1.234,5;x`, one('-1234.5')],
    ['with blanks of any kind in its amount', legacy(), `${head}01.02.2024;- 1\u00a0234,\u202f5;x`, one('-1234.5')],
    ['with a point when the format says so', legacy({ decimal: '.' }), `${head}01.02.2024;-1234.5;x`, one('-1234.5')],
    ['with every digit of its amount', legacy(), `${head}01.02.2024;9999999999,0123456789;x`, one('9999999999.0123456789')],
    ['with the sign that it has', legacy(), `${head}01.02.2024;+7;x`, one('7')],
    ['with days and months of one digit', legacy(), `${head}1.2.2024;1;x`, one('1')],
    [
      'with a time when the format has one',
      legacy({ date_format: '%Y-%m-%d %H:%M:%S' }),
      `${head}2024-02-01 04:05:06;1;x`,
      one('1', 'x', '2024-02-01T04:05:06'),
    ],
    ['without a byte order mark', legacy(), `\ufeff${head}01.02.2024;1;x`, one('1')],
    ['in latin-1 when its file is no utf-8', legacy(), latin(`${head}01.02.2024;1;Gebäck`), one('1', 'Gebäck')],
    ['in latin-1 when the format says so', legacy({ encoding: 'latin-1' }), latin(`${head}01.02.2024;1;Gebäck`), one('1', 'Gebäck')],
    ['below lines that are passed over', legacy({ header_skip: 2 }), `Konto\n\n${head}01.02.2024;1;x`, one('1')],
    ['below a header with blanks', legacy(), ' Tag ; Betrag;Text \n01.02.2024;1;x', one('1')],
    ['with the columns in any order, and more of them', legacy(), 'Rest;Text;Betrag;Tag\nr;x;1;01.02.2024', one('1')],
    ['with quotes, and what they enclose', legacy(), `${head}01.02.2024;"1,5";"a;""b""\nc"`, one('1.5', 'a;"b"\nc')],
    ['among empty lines and other ends of lines', legacy(), `${head.trim()}\r\n\r\n01.02.2024;1;x\r\n\r\n`, one('1')],
    ['with cells that are missing', legacy(), `${head}01.02.2024;1`, one('1', '')],
    ['with cells that are too many', legacy(), `${head}01.02.2024;1;x;y;z`, one('1')],
    ['once when it is there twice', legacy(), `${head}01.02.2024;1;x\n1.2.2024;1,00;x`, one('1')],
    ['cut where it is too long', legacy(), `${head}01.02.2024;1;${'ö'.repeat(400)}`, one('1', 'ö'.repeat(378))],
    ['by a name of its column', mapped({ description: { name: 'Text' } }), `${head}01.02.2024;1; x `, one('1')],
    [
      'by columns that are joined, without those that are empty',
      mapped({ description: { join: ['Text', 'A', 'B'], separator: ' | ' } }),
      'Tag;Betrag;Text;A;B\n01.02.2024;1;x;;y',
      one('1', 'x | y'),
    ],
    ['by columns that are joined with a blank', mapped({ description: { join: ['Text', 'A'] } }), 'Tag;Betrag;Text;A\n01.02.2024;1;x;y', one('1', 'x y')],
    [
      'by everything that a pattern finds',
      mapped({ iban: { sources: [{ name: 'Text', regex: '[A-Z]{2}\\d+' }] } }),
      `${head}01.02.2024;1;DE1 und DE2`,
      one('1', 'DE1 und DE2', undefined, 'DE1 | DE2'),
    ],
    [
      'by the groups of a pattern, those that took part',
      mapped({ iban: { sources: [{ name: 'Text', regex: 'A(\\d)|B(\\d)' }] } }),
      `${head}01.02.2024;1;A1 B2`,
      one('1', 'A1 B2', undefined, '1 | 2'),
    ],
    ['by a pattern of the old kind', mapped({ iban: { regex: '\\d+', source: 'Text' } }), `${head}01.02.2024;1;K 12`, one('1', 'K 12', undefined, '12')],
    ['by the first name that has something', mapped({ description: { names: ['A', 'Text'] } }), 'Tag;Betrag;Text;A\n01.02.2024;1;x;', one('1')],
    ['by nothing where nothing is said', mapped({ description: null }), `${head}01.02.2024;1;x`, one('1', '')],
    [
      'by the version whose columns it has',
      { default: 'a', a: { ...version, header: ['Date'] }, b: { ...version, header: ['Tag', 'Betrag'] } },
      `${head}01.02.2024;1;x`,
      one('1'),
    ],
    [
      'by the version with the most columns',
      { a: { ...version, header: ['Tag'], columns: { ...columns, description: null } }, b: { ...version, header: ['Tag', 'Text'] } },
      `${head}01.02.2024;1;x`,
      one('1'),
    ],
    [
      'by the default when no version fits',
      { default: 'b', a: { ...version, header: ['Date'], columns: { ...columns, description: null } }, b: { ...version, header: ['Day'] } },
      `${head}01.02.2024;1;x`,
      one('1'),
    ],
    [
      'by the first version when there is no default',
      { a: { ...version, header: ['Date'] }, b: { ...version, header: ['Day'], columns: { ...columns, description: null } } },
      `${head}01.02.2024;1;x`,
      one('1'),
    ],
    [
      'for the account that it names, whatever its case',
      mapped({ account: 'Konto' }),
      'Tag;Betrag;Text;Konto\n01.02.2024;1;x;haus',
      [['2024-02-01', '1', 'x', null, 2]],
    ],
    ['for the chosen account when it names none', mapped({ account: 'Konto' }), 'Tag;Betrag;Text;Konto\n01.02.2024;1;x;', one('1')],
  ])('%s', async (_says, config, file, rows) => {
    await store(config)
    const { status, body } = await importCsv(database, file, 'bank', 1)
    expect([status, body.inserted, await stored()]).toEqual([200, rows.length, rows])
    expect(await importCsv(database, file, 'bank', 1)).toMatchObject({ status: 200, body: { inserted: 0, total: body.total } })
  })
})

describe('a row is left out and named', () => {
  test.each<readonly [string, object, string, readonly RegExp[]]>([
    ['without a date', legacy(), `${head};1;x`, [/^Row 1: /]],
    ['with a date of another kind', legacy(), `${head}2024-02-01;1;x`, [/^Row 1: .*time data '2024-02-01' does not match format '%d\.%m\.%Y'/]],
    ['with a day that does not exist', legacy(), `${head}30.02.2024;1;x`, [/^Row 1: /]],
    ['with something behind its date', legacy(), `${head}01.02.2024 10:00;1;x`, [/^Row 1: /]],
    ['without an amount', legacy(), `${head}01.02.2024;;x`, [/^Row 1: /]],
    ['with letters in its amount', legacy(), `${head}01.02.2024;1 EUR;x`, [/^Row 1: /]],
    ['with two points', legacy({ decimal: '.' }), `${head}01.02.2024;1.234.5;x`, [/^Row 1: /]],
    ['with a comma where the point is the mark', legacy({ decimal: '.' }), `${head}01.02.2024;1,234.5;x`, [/^Row 1: /]],
    ['with an amount that no column holds', legacy(), `${head}01.02.2024;12345678901;x`, [/^Row 1: /]],
    ['among others, by its number', legacy(), `${head}01.02.2024;1;x\n\n02.02.2024;y;x\n`, [/^Row 2: /]],
  ])('%s', async (_says, config, file, warnings) => {
    await store(config)
    const { status, body } = await importCsv(database, file, 'bank', 1)
    expect([status, body.total - body.inserted, body.warnings]).toEqual([200, 1, warnings.map((warning) => expect.stringMatching(warning) as string)])
  })

  test('an account that does not exist is named once, or for each row that nobody takes', async () => {
    await store(mapped({ account: 'Konto' }))
    const file = 'Tag;Betrag;Text;Konto\n01.02.2024;1;x;Boot\n01.02.2024;2;x;boot\n01.02.2024;3;x;\n'
    expect(await importCsv(database, file, 'bank')).toMatchObject({
      status: 200,
      body: {
        inserted: 0,
        total: 3,
        warnings: ["Account 'Boot' not found, skipping row 1", "Account 'boot' not found, skipping row 2", 'No account specified for row 3, skipping'],
      },
    })
    const { body } = await importCsv(database, file, 'bank', 1)
    expect([body.inserted, body.warnings]).toEqual([3, ["Account 'Boot' not found, using default account", "Account 'boot' not found, using default account"]])
  })
})

describe('a file is refused', () => {
  test.each<readonly [string, object, string | Uint8Array<ArrayBuffer>, RegExp]>([
    ['that is empty', legacy(), '', /^CSV file error: /],
    ['that has nothing but empty lines', legacy(), '\n\n', /^CSV file error: /],
    ['that ends before its header', legacy({ header_skip: 5 }), head, /^CSV file error: /],
    ['of another bank', legacy(), 'Date;Amount\n', /^CSV file error: /],
    ['in an encoding that nobody knows', legacy({ encoding: 'klingon' }), `${head}01.02.2024;1;x`, /^(Invalid format 'bank'|CSV file error): .*klingon/],
    ['that is not in the encoding of its format', legacy({ encoding: 'shift_jis' }), latin(`${head}01.02.2024;1;Geb\u00a0\u00ff\u0081`), /^CSV file error: /],
    ['for a format without a date', legacy({ date_format: undefined }), head, /^Invalid format 'bank': /],
    ['for a format with a date that nobody knows', legacy({ date_format: '%Q' }), head, /^Invalid format 'bank': /],
    ['for a format whose default is nowhere and that has no version', { default: 'v9' }, head, /^Invalid format 'bank': /],
    ['for a format that is empty', {}, head, /^Invalid format 'bank': /],
  ])('%s', async (_says, config, file, sentence) => {
    await store(config)
    const { status, body } = await importCsv(database, file, 'bank', 1)
    expect([status, body.detail, await stored()]).toEqual([400, expect.stringMatching(sentence), []])
  })

  test('for a format that is not there, with those that are', async () => {
    await store(legacy())
    expect(await importCsv(database, head, 'other', 1)).toEqual({
      status: 400,
      body: { detail: "Invalid format 'other': Format 'other' not found in settings. Available: ['bank']" },
    })
  })
})
