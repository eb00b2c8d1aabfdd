import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestDatabase } from './environment.ts'
import { aBankDatabase, anAccountBody, ask, countTransactions, importCsv, sample } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aBankDatabase()
})
afterEach(() => database.close())

const rest = { filename: 'bank.csv', auto_categorized: 0, auto_categorized_total: 0 }
const header = 'Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n'

test('the samples of three banks are imported, and a second time nothing is', async () => {
  const first = []
  const second = []
  for (const format of ['csv-cb', 'csv-spk', 'csv-mintos']) first.push((await importCsv(database, sample(format), format, 1)).body)
  for (const format of ['csv-cb', 'csv-spk', 'csv-mintos']) second.push((await importCsv(database, sample(format), format, 1)).body)
  expect(first).toEqual([
    { success: true, message: 'Import completed: 8 of 8 transactions imported.', inserted: 8, total: 8, format: 'csv-cb', ...rest },
    { success: true, message: 'Import completed: 5 of 5 transactions imported.', inserted: 5, total: 5, format: 'csv-spk', ...rest },
    { success: true, message: 'Import completed: 5 of 5 transactions imported.', inserted: 5, total: 5, format: 'csv-mintos', ...rest },
  ])
  expect(second.map(({ inserted, total }) => [inserted, total])).toEqual([
    [0, 8],
    [0, 5],
    [0, 5],
  ])
  expect(await database.db.all(sql`SELECT COUNT(*) AS entries, SUM(checked) AS checked, COUNT(category) AS categories FROM tbl_accountingEntry`)).toEqual([
    { entries: 18, checked: '0', categories: 0 },
  ])
})
test('what is stored is what the bank wrote, to the last digit; empty fields are null', async () => {
  await importCsv(database, `${header}01.02.2024;-1.234.567.890,0123456789;Größe;;;`, 'csv-cb', 1)
  expect(await database.db.all(sql`SELECT iban, bic, description, amount, dateValue, recipientApplicant, account FROM tbl_transaction`)).toEqual([
    { iban: null, bic: null, description: 'Größe', amount: '-1234567890.0123456789', dateValue: '2024-02-01T00:00:00', recipientApplicant: null, account: 1 },
  ])
})

test('a row twice in one file counts once, a bad row is named and left out, the others are stored', async () => {
  const { status, body } = await importCsv(database, `${header}01.02.2024;1,00;a;;;\nxx;2,00;b;;;\n01.02.2024;1,00;a;;;\n`, 'csv-cb', 1)
  expect([status, body.inserted, body.total, body.warnings]).toEqual([200, 1, 3, ["Row 2: column Valuta: time data 'xx' does not match format '%d.%m.%Y'"]])
})

test('of very many bad rows the first ten thousand are named, and the others counted', async () => {
  const { status, body } = await importCsv(database, `${header}${'xx;1,00;a;;;\n'.repeat(10_005)}`, 'csv-cb', 1)
  expect([status, body.total, body.warnings?.length, body.warnings?.at(-1)]).toEqual([200, 10_005, 10_001, 'and 5 more warnings like these'])
})

test('a description or an IBAN that is too long is cut, and the same file still finds its own rows', async () => {
  const file = `${header}01.02.2024;1,00;${'ü'.repeat(500)};${'9'.repeat(40)};;`
  expect((await importCsv(database, file, 'csv-cb', 1)).body.inserted).toBe(1)
  expect((await importCsv(database, file, 'csv-cb', 1)).body.inserted).toBe(0)
  expect(await database.db.all(sql`SELECT description, iban FROM tbl_transaction`)).toEqual([{ description: 'ü'.repeat(378), iban: '9'.repeat(32) }])
})

test('rows go to the account that they name, whatever its case and accents, else to the chosen one', async () => {
  await ask(database, 'POST', '/api/accounts/', anAccountBody({ name: 'Häuschen', iban_accountNumber: 'DE2' }))
  const file = 'Darlehen;Datum;Betrag;Beschreibung\nHAUSCHEN;01.02.2024;1,00;a\nBoot;01.02.2024;2,00;b\n😀;01.02.2024;3,00;c\n;01.02.2024;4,00;d\n'
  const skipped = await importCsv(database, file, 'csv-loan')
  expect([skipped.body.inserted, skipped.body.warnings]).toEqual([
    1,
    ["Account 'Boot' not found, skipping row 2", "Account '😀' not found, skipping row 3", 'No account specified for row 4, skipping'],
  ])
  const chosen = await importCsv(database, file, 'csv-loan', 1)
  expect([chosen.body.inserted, chosen.body.warnings]).toEqual([
    3,
    ["Account 'Boot' not found, using default account", "Account '😀' not found, using default account"],
  ])
  expect(await database.db.all(sql`SELECT account, COUNT(*) AS rowCount FROM tbl_transaction GROUP BY account ORDER BY account`)).toEqual([
    { account: 1, rowCount: 3 },
    { account: 2, rowCount: 1 },
  ])
})

test('what cannot be read is refused with a sentence, and nothing is stored', async () => {
  const unclosed = `${header}01.02.2024;1,00;a;;;\n02.02.2024;1,00;"b;;;\n`
  const refusals: readonly (readonly [string | Uint8Array<ArrayBuffer>, string, number | undefined, number, RegExp])[] = [
    [sample('csv-cb'), 'nope', 1, 400, /^Invalid format 'nope': Format 'nope' not found in settings. Available: \['csv-cb', 'csv-spk'/],
    [sample('csv-cb'), 'nope', undefined, 400, /^Invalid format/],
    [sample('csv-cb'), 'csv-cb', undefined, 400, /^Account ID is required for this format \(no account column in CSV\)$/],
    [sample('csv-cb'), 'csv-cb', 77, 404, /^Account 77 does not exist$/],
    ['', 'csv-cb', 1, 400, /^CSV file error: it is empty$/],
    [sample('csv-mintos'), 'csv-cb', 1, 400, /^CSV file error: it matches no version of the format 'csv-cb': no column Valuta/],
    [unclosed, 'csv-cb', 1, 400, /^CSV file error: a quotation mark that opens a cell is never closed; look from line 3 on$/],
  ]
  for (const [file, format, account, status, sentence] of refusals) {
    const answer = await importCsv(database, file, format, account)
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(sentence)])
  }
  expect(await countTransactions(database)).toBe(0)
})

test('a form without a file is refused', async () => {
  const answer = await ask(database, 'POST', '/api/transactions/import-csv', { format: 'csv-cb' })
  expect(answer).toMatchObject({ status: 422, body: { detail: expect.arrayContaining([expect.objectContaining({ loc: ['body', 'file'] })]) } })
})

test('an import that fails half-way leaves nothing behind', async () => {
  await database.db.run({
    sql: `CREATE TRIGGER refuse BEFORE INSERT ON tbl_transaction FOR EACH ROW
      IF NEW.description = 'last' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no room'; END IF`,
    values: [],
  })
  const lines = Array.from({ length: 2000 }, (_, index) => `01.02.2024;1,00;row ${index};;;`)
  const answer = await importCsv(database, `${header}${lines.join('\n')}\n01.02.2024;1,00;last;;;`, 'csv-cb', 1)
  expect(answer.status).toBe(500)
  expect(await countTransactions(database)).toBe(0)
})

test('the same file sent several times at once is stored once, and every sender gets an answer', async () => {
  const lines = Array.from({ length: 1500 }, (_, index) => `01.02.2024;${index},00;row ${index};;;`)
  const file = header + lines.join('\n')
  const answers = await Promise.all([1, 2, 3, 4].map(() => importCsv(database, file, 'csv-cb', 1)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(answers.reduce((sum, { body }) => sum + body.inserted, 0)).toBe(1500)
  expect(await countTransactions(database)).toBe(1500)
})
