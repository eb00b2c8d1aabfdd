import sql from 'sql-template-tag'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from './environment.ts'
import { anAccountBody, ask } from './import-form.ts'

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
