import { readFileSync } from 'node:fs'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from './environment.ts'
import { anAccountBody, ask, sendForm } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
})
afterEach(() => database.close())

const stored = {
  id: 1,
  name: 'Giro',
  iban_accountNumber: 'DE1',
  bic_market: 'XYZ',
  startAmount: -1234.56,
  dateStart: '2026-01-01T00:00:00',
  dateEnd: null,
  type: 1,
  clearingAccount: null,
}

test('an account that was created is found by its id, in the list, by search and among the current accounts', async () => {
  const created = await ask(database, 'POST', '/api/accounts/', anAccountBody({ startAmount: '-1234.56', dateEnd: '' }))
  expect(created).toEqual({ status: 200, body: { ...stored, importFormat: null, importPath: null } })
  expect(await ask(database, 'GET', '/api/accounts/1')).toEqual(created)
  const page = { page: 1, page_size: 50, total: 1 }
  const row = { ...stored, type_name: 'Girokonto' }
  for (const query of ['', '?search=gi', '?search=de1']) {
    expect((await ask(database, 'GET', `/api/accounts/list${query}`)).body).toEqual({ accounts: [row], ...page })
  }
  for (const search of ['nobody', '%F0%9F%98%80']) {
    expect((await ask(database, 'GET', `/api/accounts/list?search=${search}`)).body).toEqual({ accounts: [], ...page, total: 0 })
  }
  expect((await ask(database, 'GET', '/api/accounts/list?page=2')).body).toEqual({ accounts: [], ...page, page: 2 })
  expect((await ask(database, 'GET', '/api/accounts/girokonto/list')).body).toEqual({ accounts: ['Giro'] })
})

test('account types and formats of folders are listed by name', async () => {
  await database.db.run(sql`INSERT INTO tbl_accountImportFormat (dateImport, type, fileEnding) VALUES (NOW(), 'csv-spk', 'csv'), (NOW(), 'csv-cb', 'csv')`)
  const { body } = await ask<{ types: { id: number; type: string }[] }>(database, 'GET', '/api/accounts/types/list')
  expect(body.types.map(({ type }) => type)).toEqual(['Darlehen', 'Girokonto', 'Investmentplattform', 'Krypto', 'Wertpapierdepot'])
  expect((await ask(database, 'GET', '/api/accounts/formats/list')).body).toEqual({
    formats: [
      { id: 2, type: 'csv-cb' },
      { id: 1, type: 'csv-spk' },
    ],
  })
})

test('a change replaces every field, keeps the import path unless another one is sent, and names the clearing account by its id', async () => {
  await database.db.run(sql`INSERT INTO tbl_accountImportFormat (dateImport, type, fileEnding) VALUES (NOW(), 'csv-cb', 'csv')`)
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  await ask(database, 'POST', '/api/accounts/', anAccountBody({ name: 'Depot', iban_accountNumber: 'DE2', type: 2, importFormat: 1, importPath: '/in' }))
  const change = { name: 'Depot 2', iban_accountNumber: 'DE3', type: 2, clearingAccount: 1, dateEnd: '2026-12-31' }
  const changed = await ask(database, 'PUT', '/api/accounts/2', anAccountBody(change))
  expect(changed.body).toMatchObject({ ...change, dateEnd: '2026-12-31T00:00:00', importFormat: 1, importPath: '/in' })
  expect((await ask(database, 'PUT', '/api/accounts/2', anAccountBody(change))).body).toEqual(changed.body)
  expect((await ask(database, 'PUT', '/api/accounts/2', anAccountBody({ ...change, importFormat: 1, importPath: '/other' }))).body).toMatchObject({
    importPath: '/other',
  })
  expect((await ask(database, 'DELETE', '/api/accounts/1')).status).toBe(409)
})

test('an account is deleted with its import path; one that has transactions stays whole', async () => {
  await database.db.run(sql`INSERT INTO tbl_accountImportFormat (dateImport, type, fileEnding) VALUES (NOW(), 'csv-cb', 'csv')`)
  await ask(database, 'POST', '/api/accounts/', anAccountBody({ importFormat: 1, importPath: '/in' }))
  await database.db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), 'x', 1, NOW(), 1)`)
  expect((await ask(database, 'DELETE', '/api/accounts/1')).status).toBe(409)
  expect((await ask(database, 'GET', '/api/accounts/1')).body).toMatchObject({ importPath: '/in' })
  await database.db.run(sql`DELETE FROM tbl_accountingEntry`)
  await database.db.run(sql`DELETE FROM tbl_transaction`)
  const gone = { status: 200, body: { message: 'Account deleted successfully.' } }
  expect(await ask(database, 'DELETE', '/api/accounts/1')).toEqual(gone)
  expect(await ask(database, 'DELETE', '/api/accounts/1')).toEqual(gone)
  expect(await ask(database, 'GET', '/api/accounts/1')).toEqual({ status: 404, body: { detail: 'Account not found.' } })
})

test('an account whose import path cannot be stored is not created', async () => {
  expect((await ask(database, 'POST', '/api/accounts/', anAccountBody({ importFormat: 99, importPath: '/in' }))).status).toBe(409)
  expect((await ask<{ total: number }>(database, 'GET', '/api/accounts/list')).body.total).toBe(0)
})

test('what cannot be stored is refused, each in its own way', async () => {
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  const other = { name: 'other', iban_accountNumber: 'other' }
  const bodies: readonly (readonly [string, object | undefined, number])[] = [
    ['no body', undefined, 400],
    ['the name of another account', anAccountBody({ iban_accountNumber: 'other' }), 409],
    ['the IBAN of another account', anAccountBody({ name: 'other' }), 409],
    ['an unknown type', anAccountBody({ ...other, type: 99 }), 409],
    ['no type', anAccountBody({ ...other, type: null }), 422],
    ['no name', anAccountBody({ name: undefined }), 422],
    ['a name that is too long', anAccountBody({ ...other, name: 'x'.repeat(129) }), 422],
    ['an amount that is none', anAccountBody({ ...other, startAmount: '1,5' }), 422],
    ['a day that does not exist', anAccountBody({ ...other, dateStart: '2026-02-30' }), 422],
    ['an empty start', anAccountBody({ ...other, dateStart: '' }), 422],
  ]
  const answers = []
  for (const [title, payload] of bodies) answers.push([title, (await ask(database, 'POST', '/api/accounts/', payload)).status])
  expect(answers).toEqual(bodies.map(([title, , status]) => [title, status]))
  expect((await ask<{ total: number }>(database, 'GET', '/api/accounts/list')).body.total).toBe(1)
})

const upload = (text: string) => sendForm(database, '/api/accounts/import-yaml', { file: new Blob([text]) })
const inYaml = (name: string, iban: string, rest = '') =>
  `  - account: { name: ${name}, iban_accountNumber: ${iban}, bic_market: X, startAmount: 12345678.0123456789, dateStart: 2026-01-01, dateEnd: null${rest} }\n`
const accounts = () =>
  database.db.all(sql`
    SELECT a.name, a.startAmount, a.dateStart, a.dateEnd, a.type, c.name AS clearing, p.path, f.type AS format, f.fileEnding FROM tbl_account a
    LEFT JOIN tbl_account c ON c.id = a.clearingAccount LEFT JOIN tbl_accountImportPath p ON p.account = a.id
    LEFT JOIN tbl_accountImportFormat f ON f.id = p.importFormat ORDER BY a.name`)

test('a YAML file adds the accounts that are new, with all that they name, and leaves those that exist', async () => {
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  const file = [
    'account_data:\n',
    inYaml('GIRO', 'other', ', clearingAccount: Depot, importFolder: /giro, importFileEnding: csv, importType: csv-cb'),
    inYaml('Depot', 'DE2', ', type: wertpapierdepot, clearingAccount: Giro, importFolder: /depot, importFileEnding: csv, importType: csv-cb'),
    inYaml('dépot', 'DE3'),
    inYaml('Rest', 'DE4', ', type: Sparschwein, clearingAccount: nobody, importFileEnding: txt, importType: csv-cb'),
    inYaml('Same folder', 'DE5', ', clearingAccount: Rest, importFolder: /depot, importFileEnding: csv, importType: csv-spk'),
  ].join('')
  const nothing = { clearing: null, path: null, format: null, fileEnding: null }
  const common = { startAmount: '12345678.0123456789', dateStart: '2026-01-01T00:00:00', dateEnd: null, type: 1, ...nothing }
  for (const _turn of [1, 2]) {
    expect(await upload(file)).toEqual({ status: 200, body: { status: 'success', imported: 5, message: '5 accounts imported.' } })
    expect(await accounts()).toEqual([
      { ...common, name: 'Depot', type: 2, clearing: 'Giro', path: '/depot', format: 'csv-cb', fileEnding: 'csv' },
      { ...common, name: 'Giro', startAmount: '0.0000000000' },
      { ...common, name: 'Rest' },
      { ...common, name: 'Same folder', clearing: 'Rest' },
    ])
  }
})

test('a YAML file with the IBAN of another account adds none of its accounts', async () => {
  await ask(database, 'POST', '/api/accounts/', anAccountBody())
  expect((await upload(`account_data:\n${inYaml('Neu', 'DE7')}${inYaml('Anderes', 'DE1')}`)).status).toBe(409)
  expect(await accounts()).toHaveLength(1)
})

test('the same YAML file sent several times at once is stored once', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => upload(`account_data:\n${inYaml('A', '1')}${inYaml('B', '2')}`)))
  expect(answers.map(({ status }) => status)).toEqual(Array(4).fill(200))
  expect(await accounts()).toHaveLength(2)
})

test('the shipped file of first data can be uploaded', async () => {
  expect((await upload(readFileSync('cfg/data.yaml', 'utf8'))).body).toMatchObject({ imported: 5 })
  expect(await accounts()).toHaveLength(5)
  expect((await upload('account_data: []')).body).toEqual({ status: 'success', imported: 0, message: '0 accounts imported.' })
})

test('a YAML file that cannot be used is refused with a sentence', async () => {
  const detailOf = async (text: string) => {
    const { status, body } = await upload(text)
    return [status, (body as { detail: unknown }).detail]
  }
  expect(await detailOf('categories: []')).toEqual([400, "YAML file does not contain an 'account_data' section."])
  expect(await detailOf('account_data: 1')).toEqual([400, "'account_data' must be a list."])
  expect(await detailOf('account_data: [')).toEqual([400, expect.stringMatching(/^Invalid YAML file: /)])
  expect(await detailOf('account_data: [1]')).toEqual([400, expect.stringMatching(/^Invalid YAML file: account_data.0 is 1: /)])
  expect(await detailOf(`account_data:\n${inYaml('A', '1').replace('2026-01-01', '2026-02-30')}`)).toEqual([400, expect.stringContaining('2026-02-30')])
  expect((await upload(`account_data:\n${inYaml('A', '1', `, importFolder: ${'x'.repeat(257)}, importFileEnding: csv, importType: a`)}`)).status).toBe(422)
  expect((await sendForm(database, '/api/accounts/import-yaml', {})).status).toBe(422)
  expect(await accounts()).toEqual([])
})
