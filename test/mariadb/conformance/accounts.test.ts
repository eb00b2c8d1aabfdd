import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, type Row, testRows, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const body = { name: 'Neu', iban_accountNumber: 'DE9', bic_market: 'B', type: 2, startAmount: '12.5', dateStart: '2026-01-01' }
const stored = {
  id: 4,
  name: 'Neu',
  iban_accountNumber: 'DE9',
  bic_market: 'B',
  startAmount: 12.5,
  dateStart: '2026-01-01T00:00:00',
  dateEnd: null,
  type: 2,
  clearingAccount: null,
  importFormat: null,
  importPath: null,
}
const giro = { ...stored, id: 1, name: 'Giro', iban_accountNumber: 'DE1', bic_market: 'XYZ', startAmount: 100, dateStart: '2020-01-01T00:00:00', type: 1 }
const { importFormat: _format, importPath: _path, ...listed } = giro
const create = (says: string, changes: object, status: number, answer?: unknown): Row => [
  says,
  'POST /accounts/',
  json({ ...body, ...changes }),
  status,
  answer,
]
const change = (says: string, changes: object, status: number, answer?: unknown): Row => [
  says,
  'PUT /accounts/4',
  json({ ...body, ...changes }),
  status,
  answer,
]
const needed = (key: keyof typeof body): Row => [
  `${key} is needed`,
  'POST /accounts/',
  json(Object.fromEntries(Object.entries(body).filter(([name]) => name !== key))),
  422,
  issue('missing', 'body', key),
]

describe('accounts are read', () => {
  testRows(
    () => database,
    [
      ['one by its id, with where its files are', 'GET /accounts/1', undefined, 200, giro],
      ['none by another id', 'GET /accounts/99', undefined, 404, detail('Account not found.')],
      ['none by 0, which is no id', 'GET /accounts/0', undefined, 422, issue('greater_than', 'path', 'account_id')],
      ['none by less than 0', 'GET /accounts/-1', undefined, 422, issue('greater_than', 'path', 'account_id')],
      ['none by a word', 'GET /accounts/giro', undefined, 422, issue('int_parsing', 'path', 'account_id')],
      [
        'in a list by name, with the name of the type instead',
        'GET /accounts/list?page_size=1',
        undefined,
        200,
        { accounts: [{ ...listed, type_name: 'Girokonto' }], page: 1, page_size: 1, total: 3 },
      ],
      ['fifty a page', 'GET /accounts/list', undefined, 200, expect.objectContaining({ page: 1, page_size: 50, total: 3 })],
      ['by a part of the name', 'GET /accounts/list?search=IR', undefined, 200, expect.objectContaining({ total: 1 })],
      ['by a part of the IBAN, wildcards included', 'GET /accounts/list?search=d_%25', undefined, 200, expect.objectContaining({ total: 3 })],
      ['not by the market', 'GET /accounts/list?search=XYZ', undefined, 200, expect.objectContaining({ total: 0 })],
      ['not more than a thousand a page', 'GET /accounts/list?page_size=1001', undefined, 422, issue('less_than_equal', 'query', 'page_size')],
      ['not on a page before the first', 'GET /accounts/list?page=0', undefined, 422, issue('greater_than_equal', 'query', 'page')],
      ['as names when they are current accounts', 'GET /accounts/girokonto/list', undefined, 200, { accounts: ['Giro', 'Leer'] }],
      [
        'with their types by name',
        'GET /accounts/types/list',
        undefined,
        200,
        {
          types: [
            { id: 3, type: 'Darlehen' },
            { id: 1, type: 'Girokonto' },
            { id: 5, type: 'Investmentplattform' },
            { id: 4, type: 'Krypto' },
            { id: 2, type: 'Wertpapierdepot' },
          ],
        },
      ],
      ['with the formats of folders, not those of the settings', 'GET /accounts/formats/list', undefined, 200, { formats: [{ id: 1, type: 'csv-cb' }] }],
    ],
  )
})

describe('accounts are written', () => {
  testRows(
    () => database,
    [
      create('a new one is answered as it is read', {}, 200, stored),
      ['and found', 'GET /accounts/4', undefined, 200, stored],
      needed('name'),
      needed('iban_accountNumber'),
      needed('bic_market'),
      needed('startAmount'),
      needed('dateStart'),
      ['no body is no data', 'POST /accounts/', undefined, 400, detail('No data provided.')],
      create('a name is used once, whatever its case', { name: 'GIRO' }, 409, detail(/^Database error \(create account\): 1062 \(23000\): /)),
      create('an IBAN is used once', { name: 'X', iban_accountNumber: 'DE1' }, 409),
      create('a type has to exist', { name: 'X', iban_accountNumber: 'X', type: 99 }, 409),
      create('a type has to be', { name: 'X', iban_accountNumber: 'X', type: null }, 422),
      create('a clearing account has to exist', { name: 'X', iban_accountNumber: 'X', clearingAccount: 99 }, 409),
      create(
        'an empty beginning is none',
        { name: 'X', iban_accountNumber: 'X', dateStart: '' },
        422,
        issue('datetime_from_date_parsing', 'body', 'dateStart'),
      ),
      create('a date of zeros is none', { name: 'X', iban_accountNumber: 'X', dateStart: '0000-00-00' }, 422),
      create('an amount is no comma', { name: 'X', iban_accountNumber: 'X', startAmount: '1,5' }, 422),
      create('a name is a text', { name: 5 }, 422, issue('string_type', 'body', 'name')),
      create('a name that the table cannot hold is refused', { name: '🏦', iban_accountNumber: 'X' }, 422),
      create('an IBAN that is too long is refused, not cut', { name: 'X', iban_accountNumber: 'x'.repeat(33) }, 422, detail(/1406/)),
      create(
        'amounts may be less than nothing, and an end before the beginning',
        { name: 'Alt', iban_accountNumber: 'DE10', startAmount: -0.1, dateEnd: '2020-01-01T10:11:12Z' },
        200,
        { ...stored, id: expect.any(Number) as number, name: 'Alt', iban_accountNumber: 'DE10', startAmount: -0.1, dateEnd: '2020-01-01T10:11:12' },
      ),
      change('an empty end is none', { dateEnd: '' }, 200, stored),
      change('a clearing account is answered by its id', { clearingAccount: 1 }, 200, { ...stored, clearingAccount: 1 }),
      change('a path without a format is not stored', { importPath: '/in' }, 200, stored),
      change('a format without a path is not stored', { importFormat: 1, importPath: '' }, 200, stored),
      change('both are', { importFormat: 1, importPath: '/in' }, 200, { ...stored, importFormat: 1, importPath: '/in' }),
      change('and stay when they are left out', { importFormat: null, importPath: null }, 200, { ...stored, importFormat: 1, importPath: '/in' }),
      change('a path is used once', { importFormat: 1, importPath: '/in' }, 200),
      ['by one account only', 'PUT /accounts/3', json({ ...body, name: 'Leer', iban_accountNumber: 'DE3', importFormat: 1, importPath: '/in' }), 409],
      ['of a change that is refused nothing stays', 'GET /accounts/3', undefined, 200, expect.objectContaining({ bic_market: '', type: 1 })],
      ['one that does not exist is not changed', 'PUT /accounts/99', json({ ...body, name: 'X', iban_accountNumber: 'X' }), 404, detail('Account not found.')],
      ['one is not changed by nothing', 'PUT /accounts/4', undefined, 400, detail('No data provided.')],
      ['one that is used stays, with its path', 'DELETE /accounts/1', undefined, 409],
      ['one is deleted with its path', 'DELETE /accounts/4', undefined, 200, { message: 'Account deleted successfully.' }],
      ['one that is gone is deleted again', 'DELETE /accounts/4', undefined, 200, { message: 'Account deleted successfully.' }],
      ['one of no number is not', 'DELETE /accounts/0', undefined, 422],
      ['YAML is needed', 'POST /accounts/import-yaml', upload('a: ['), 400, detail(/^Invalid YAML file: /)],
      ['YAML has to have them', 'POST /accounts/import-yaml', upload('categories: []'), 400, detail("YAML file does not contain an 'account_data' section.")],
      ['YAML has to list them', 'POST /accounts/import-yaml', upload('account_data: {}'), 400, detail("'account_data' must be a list.")],
      [
        'of a list the whole length is told, also of those that exist',
        'POST /accounts/import-yaml',
        upload('account_data:\n- account: { name: giro, iban_accountNumber: X, dateStart: 2026-01-01 }\n'),
        200,
        { status: 'success', imported: 1, message: '1 accounts imported.' },
      ],
    ],
  )
})
