import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from './environment.ts'
import { sendForm } from './import-form.ts'
import { addShares, send } from './share-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
  await addShares(database)
})
afterEach(() => database.close())

interface Report {
  readonly imported: number
  readonly skipped: number
  readonly errors: readonly string[]
  readonly total_errors: number
  readonly detail?: string
}
const upload = (kind: 'history' | 'transactions', file: string | Uint8Array<ArrayBuffer>) =>
  sendForm<Report>(database, `/api/shares/import/${kind}`, { file: new Blob([file]) })
const report = (imported: number, skipped: number, errors: readonly string[] = [], total_errors = errors.length) => ({
  status: 200,
  body: { status: 'success', imported, skipped, errors, total_errors },
})
const prices = () =>
  database.db.all(sql`SELECT s.isin, h.date, h.amount, h.checked FROM tbl_shareHistory h JOIN tbl_share s ON s.id = h.share ORDER BY s.isin, h.date`)
const trades = () =>
  database.db.all(
    sql`SELECT s.isin, t.dateTransaction, t.tradingVolume, t.checked, t.accountingEntry FROM tbl_shareTransaction t JOIN tbl_share s ON s.id = t.share ORDER BY t.id`,
  )

test('prices are read by position, with German numbers, one for each share and day; an ISIN that is new becomes a share', async () => {
  await send(database, 'POST', '/history', { isin: 'DE0000000002', date: '2024-01-31T15:00', amount: '5' })
  const file = '﻿egal\r\naaa111;31.01.2024;1.234,5\r\nDE0000000001;31.1.2024;9\r\nus0000000003;29.02.2024;7173.91304;mehr\r\n\r\nDE0000000002;31.01.2024;6\r\n'
  expect(await upload('history', file)).toEqual(report(2, 2))
  expect(await prices()).toEqual([
    { isin: 'DE0000000001', date: '2024-01-31T00:00:00', amount: '1234.5000000000', checked: 0 },
    { isin: 'DE0000000002', date: '2024-01-31T15:00:00', amount: '5.0000000000', checked: 0 },
    { isin: 'US0000000003', date: '2024-02-29T00:00:00', amount: '717391304.0000000000', checked: 0 },
  ])
  expect(await upload('history', file)).toEqual(report(0, 4))
})

test('transactions are stored at midnight without an entry; an empty volume is a dividend, and the same one again is skipped', async () => {
  const file = 'ISIN;Datum;Anzahl\nDE0000000001;02.01.2024;10,25\nAAA111;02.01.2024;10,25\nAAA111;03.01.2024\nDE0000000002;02.01.2024;-1\n'
  expect(await upload('transactions', file)).toEqual(report(3, 1))
  expect(await trades()).toEqual([
    { isin: 'DE0000000001', dateTransaction: '2024-01-02T00:00:00', tradingVolume: '10.2500000000', checked: 0, accountingEntry: null },
    { isin: 'DE0000000001', dateTransaction: '2024-01-03T00:00:00', tradingVolume: '0.0000000000', checked: 0, accountingEntry: null },
    { isin: 'DE0000000002', dateTransaction: '2024-01-02T00:00:00', tradingVolume: '-1.0000000000', checked: 0, accountingEntry: null },
  ])
  expect(await upload('transactions', file)).toEqual(report(0, 4))
})

test('a bad row is told by its line and skipped, the others are stored', async () => {
  const file =
    'x\n;01.01.2024;1\n\nAAA111;;1\nAAA111;01.01.2024;\nBBB222;01.01.2024;1\nAAA111;2024-01-01;1\nAAA111;01.01.2024;viel\nDE00000000011;01.01.2024;1\nAAA111;02.01.2024;1\n'
  expect(await upload('history', file)).toEqual(
    report(1, 7, [
      'Row 2: Missing required fields',
      'Row 4: Missing required fields',
      'Row 5: Missing required fields',
      "Row 6: unknown WKN 'BBB222'",
      "Row 7: '2024-01-01' is not a date; write it as DD.MM.YYYY",
      "Row 8: 'viel' is not an amount with the decimal mark ','",
      "Row 9: 'DE00000000011' is neither an ISIN (12 letters and digits) nor a WKN (6)",
    ]),
  )
  expect((await upload('transactions', ';02.01.2024;1\n;02.01.2024;1\nAAA111;;\n')).body).toMatchObject({
    errors: ['Row 2: Missing ISIN/WKN or Datum', 'Row 3: Missing ISIN/WKN or Datum'],
  })
  expect(await database.db.all(sql`SELECT COUNT(*) AS shares FROM tbl_share`)).toEqual([{ shares: 2 }])
})

test('ten errors are told and all are counted', async () => {
  const { body } = await upload('history', `x\n${'a;b;c\n'.repeat(30)}`)
  expect([body.errors.length, body.total_errors, body.skipped, body.imported]).toEqual([10, 30, 30, 0])
})

test('a file with nothing after its first line changes nothing', async () => {
  for (const file of ['', 'DE0000000001;01.01.2024;1', '\n\n\n']) expect(await upload('history', file)).toEqual(report(0, 0))
})

test('a file that is not UTF-8 or no CSV is refused', async () => {
  expect(await upload('history', new Uint8Array([0x66, 0x0a, 0xfc]))).toEqual({
    status: 400,
    body: { detail: 'CSV file error: the file is not UTF-8; save it as UTF-8 and send it again' },
  })
  expect(await upload('transactions', 'x\nAAA111;"01.01.2024;1\n')).toEqual({
    status: 400,
    body: { detail: 'CSV file error: a quotation mark that opens a cell is never closed; look from line 1 on' },
  })
  expect((await send(database, 'POST', '/import/history', { x: '1' })).status).toBe(422)
})

test('thousands of rows are imported whole, by two at once, each row once', async () => {
  const day = (index: number) => `${String((index % 28) + 1).padStart(2, '0')}.${String((Math.floor(index / 28) % 12) + 1).padStart(2, '0')}.2023`
  const rows = Array.from({ length: 3000 }, (_, index) => `NL${String(Math.floor(index / 300)).padStart(10, '0')};${day(index % 300)};${index},5`)
  const file = `x\n${rows.join('\n')}`
  for (const kind of ['history', 'transactions'] as const) {
    const answers = await Promise.all([upload(kind, file), upload(kind, file)])
    expect(answers.map(({ body }) => body.imported).toSorted((a, b) => a - b)).toEqual([0, 3000])
  }
  expect(await database.db.all(sql`SELECT COUNT(*) AS shares FROM tbl_share`)).toEqual([{ shares: 12 }])
})
