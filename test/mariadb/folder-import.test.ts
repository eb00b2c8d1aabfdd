import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Log } from '../../api/deps.ts'
import { seedImportFormats } from '../../api/settings/seed-import-formats.ts'
import { aDatabase, someSettings, type TestDatabase } from './environment.ts'
import { anAccountBody, ask, countTransactions } from './import-form.ts'

let database: TestDatabase
let folder: string
let own: string
let lines: object[]

const header = 'Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n'
const row = (text: string) => `01.02.2024;1,00;${text};;;\n`

const start = async (on = true) => {
  const keep = (fields: object, message: string) => void lines.push({ ...fields, message })
  const log: Log = { debug: () => {}, info: () => {}, warn: keep, error: keep }
  const settings = someSettings()
  database = await aDatabase({ settings: { ...settings, import: { ...settings.import, folder: on ? folder : '' } }, log })
  own = join(folder, database.username)
  mkdirSync(own)
  await seedImportFormats(database.db, readFileSync('cfg/import_formats.yaml', 'utf8'))
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  await ask(database, 'POST', '/api/accounts/', anAccountBody({ name: 'Boot', iban_accountNumber: 'DE2' }))
  await database.db.run(
    sql`INSERT INTO tbl_accountImportFormat (id, dateImport, type, fileEnding) VALUES (1, NOW(), 'csv-cb', 'csv'), (2, NOW(), 'nope', 'csv')`,
  )
}
const place = (path: string, account = 1, format = 1) =>
  database.db.run(sql`INSERT INTO tbl_accountImportPath (dateImport, path, account, importFormat) VALUES (NOW(), ${path}, ${account}, ${format})`)
const write = (path: string, text: string) => {
  mkdirSync(join(own, path, '..'), { recursive: true })
  writeFileSync(join(own, path), text)
}
const run = (payload: object = { account_id: 1 }) => ask<{ warnings?: readonly string[] }>(database, 'POST', '/api/transactions/import', payload)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finia-imports-'))
  lines = []
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

const nothing = { success: true, message: 'Import completed: 0 of 0 transactions imported.', account_id: 1, inserted: 0, total: 0, files: [] }
const none = { auto_categorized: 0, auto_categorized_total: 0 }

test('the files of an account are read by name, left where they are, and read again without a trace', async () => {
  await start()
  await place(join(own, 'giro'))
  write('giro/b.csv', header + row('b'))
  write('giro/a.csv', header + row('a') + row('a') + 'xx;2,00;geheim;;;\n')
  write('giro/c.txt', header + row('c'))
  write('giro/deeper/d.csv', header + row('d'))
  const counted = (a: number, b: number) => [
    { file: 'a.csv', account: 'Giro', inserted: a, total: 3 },
    { file: 'b.csv', account: 'Giro', inserted: b, total: 1 },
  ]
  const first = { ...nothing, message: 'Import completed: 2 of 4 transactions imported.', inserted: 2, total: 4, files: counted(1, 1), ...none }
  expect(await run()).toEqual({ status: 200, body: first })
  expect((await run()).body).toMatchObject({ inserted: 0, total: 4, files: counted(0, 0) })
  expect(await database.db.all(sql`SELECT description, iban, bic, recipientApplicant, account FROM tbl_transaction ORDER BY id`)).toEqual([
    { description: 'a', iban: '', bic: '', recipientApplicant: '', account: 1 },
    { description: 'b', iban: '', bic: '', recipientApplicant: '', account: 1 },
  ])
  // a row that cannot be read goes to the log, what it says does not
  expect(lines[0]).toEqual({ account: 1, file: 'a.csv', skipped: 1, message: 'rows of a file could not be read' })
  expect(JSON.stringify(lines)).not.toContain('geheim')
})

test('new rows get the categories of the rules when one account is imported, not when all are', async () => {
  await start()
  await database.db.run(sql`INSERT INTO tbl_category (id, dateImport, name) VALUES (1, NOW(), 'Essen')`)
  const conditions = [{ id: 1, type: 'contains', columnName: 'description', value: 'brot' }]
  await ask(database, 'POST', '/api/category-automation/rules', { name: 'rule', conditions, category: 1 })
  await place(join(own, 'giro'))
  await place(join(own, 'boot'), 2)
  write('giro/a.csv', header + row('Brot 1') + row('Milch'))
  write('boot/a.csv', header + row('Brot 2'))
  expect(await run({})).toEqual({ status: 200, body: { success: true, message: 'Import completed for all accounts.' } })
  expect(await countTransactions(database)).toBe(3)
  expect(await database.db.all(sql`SELECT COUNT(category) AS categories FROM tbl_accountingEntry`)).toEqual([{ categories: 0 }])
  write('boot/b.csv', header + row('Brot 3'))
  expect((await run({ account_id: 2 })).body).toMatchObject({ inserted: 1, total: 2, auto_categorized: 3, auto_categorized_total: 4 })
})

test('what cannot be read is named, and the other files are imported', async () => {
  await start()
  await place(join(own, 'gone'))
  await place(join(own, 'empty'))
  await place(join(own, 'giro'))
  await place(join(own, 'other format'), 1, 2)
  mkdirSync(join(own, 'empty'))
  write('giro/a.csv', 'Valuta;Betrag\n01.02.2024;1,00\n')
  write('giro/b.csv', '')
  write('giro/c.csv', header + row('c'))
  write('other format/a.csv', header + row('d'))
  expect(await run()).toEqual({
    status: 200,
    body: {
      ...nothing,
      message: 'Import completed: 1 of 1 transactions imported.',
      inserted: 1,
      total: 1,
      files: [
        { file: 'a.csv', account: 'Giro', inserted: 0, total: 0 },
        { file: 'b.csv', account: 'Giro', inserted: 0, total: 0 },
        { file: 'c.csv', account: 'Giro', inserted: 1, total: 1 },
        { file: 'a.csv', account: 'Giro', inserted: 0, total: 0 },
      ],
      auto_categorized: 0,
      auto_categorized_total: 0,
      warnings: [
        `Path not found: ${own}/gone`,
        `No *.csv files in ${own}/empty`,
        expect.stringMatching(/^Mapping error for Giro\/a\.csv: no column Verwendungszweck \(description\), /),
        'Mapping error for Giro/b.csv: it is empty',
        expect.stringMatching(/^Mapping error for Giro\/a\.csv: Format 'nope' not found in settings\. Available: \['csv-cb'/),
      ],
    },
  })
})

test('paths and links that lead out of the folder of the user are refused, whether there is something or not', async () => {
  await start()
  const foreign = join(folder, `${database.username}x`)
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'secret.csv'), header + row('secret'))
  writeFileSync(join(folder, 'secret.csv'), header + row('secret'))
  symlinkSync(foreign, join(own, 'link'))
  write('giro/mine.csv', header + row('mine'))
  symlinkSync(join(foreign, 'secret.csv'), join(own, 'giro', 'linked.csv'))
  symlinkSync(join(own, 'giro', 'mine.csv'), join(own, 'giro', 'own-link.csv'))
  const refused = [
    folder,
    foreign,
    `${own}/..`,
    `${own}/../${database.username}x`,
    '/etc',
    '/nowhere',
    'imports',
    '../../..',
    `${own}/giro/../../`,
    `${own}/link`,
  ]
  for (const path of refused) await place(path)
  expect((await run()).body).toEqual({
    ...nothing,
    ...none,
    warnings: refused.map((path) => `Path not allowed: ${path} does not lie in ${own}; use a folder below it`),
  })
  await database.db.run(sql`DELETE FROM tbl_accountImportPath`)
  await place(`${own}/giro`)
  const { body } = await run()
  expect(body).toMatchObject({ inserted: 1, total: 2, warnings: [expect.stringMatching(/^Mapping error for Giro\/linked\.csv: Path not allowed: /)] })
  expect(await database.db.all(sql`SELECT description FROM tbl_transaction`)).toEqual([{ description: 'mine' }])
})

test('a folder of the user that is itself a link to the one of another user is refused', async () => {
  await start()
  const foreign = join(folder, 'other')
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'secret.csv'), header + row('secret'))
  rmSync(own, { recursive: true })
  symlinkSync(foreign, own)
  await place(own)
  expect((await run()).body.warnings).toEqual([`Path not allowed: ${own} does not lie in ${own}; use a folder below it`])
})

test('a file that is too large is not read', async () => {
  await start()
  await place(own)
  write('a.csv', header + 'x'.repeat(2_000_001))
  expect((await run()).body.warnings).toEqual(['Mapping error for Giro/a.csv: it is larger than 2000000 bytes'])
})

test('an account without a folder is 404, all accounts without one are done; a request without a body is refused', async () => {
  await start()
  expect(await run({ account_id: 5 })).toEqual({ status: 404, body: { detail: 'No import configuration found for account ID 5' } })
  expect(await run({ account_id: null })).toEqual({ status: 200, body: { success: true, message: 'Import completed for all accounts.' } })
  expect((await run({ account_id: 'x' })).status).toBe(422)
  expect((await database.inject({ method: 'POST', url: '/api/transactions/import' })).statusCode).toBe(422)
})

test('of all accounts the log says that something went wrong, and repeats nothing of the files', async () => {
  await start()
  await place('/etc')
  expect((await run({ account_id: 0 })).status).toBe(200)
  expect(lines).toEqual([{ requestId: expect.any(String), warnings: 1, message: 'folders could not be imported as they are' }])
})

test('folders are not imported unless the settings name one', async () => {
  await start(false)
  await place(own)
  write('a.csv', header + row('a'))
  const refused = { status: 403, body: { detail: 'The import of folders is off; upload the files, or have import.folder set in config.yaml.' } }
  expect(await run()).toEqual(refused)
  expect(await run({})).toEqual(refused)
  expect((await run({ account_id: 2 })).status).toBe(404)
  expect(await countTransactions(database)).toBe(0)
})

test('an import that fails half-way leaves nothing behind', async () => {
  await start()
  await place(own)
  write('a.csv', header + row('first'))
  write('b.csv', header + row('last'))
  await database.db.run({
    sql: `CREATE TRIGGER refuse BEFORE INSERT ON tbl_transaction FOR EACH ROW
      IF NEW.description = 'last' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no room'; END IF`,
    values: [],
  })
  expect((await run()).status).toBe(500)
  expect(await countTransactions(database)).toBe(0)
})
