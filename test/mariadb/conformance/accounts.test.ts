import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, type Row, type Target, tell, testRows, upload } from './rows.ts'

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

const planning = { amount: '-850.1', dateStart: '2026-11-30T10:00:00+05:00', account_id: 1, category_id: 1, cycle_id: 5 }
const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string
const plan = {
  id: 2,
  dateImport: stamp,
  description: null,
  amount: '-850.1000000000',
  dateStart: '2026-11-30T10:00:00',
  dateEnd: null,
  account_id: 1,
  account_name: 'Giro',
  category_id: 1,
  category_name: 'Essen',
  cycle_id: 5,
  cycle_name: 'monatlich',
}
const wish = (says: string, changes: object, status: number, answer?: unknown): Row => [
  says,
  'POST /planning/',
  json({ ...planning, ...changes }),
  status,
  answer,
]
const missingPlan = detail('Planning with ID 99 not found')
const notFor = (target: Target, sent?: Row[2]): Row => [`what does not exist is 404: ${target}`, target, sent, 404, missingPlan]

describe('plannings', () => {
  testRows(
    () => database,
    [
      [
        'the cycles are a bare list by id',
        'GET /planning/cycles',
        undefined,
        200,
        ['einmalig', 'täglich', 'wöchentlich', '14-tägig', 'monatlich', 'vierteljährlich', 'halbjährlich', 'jährlich'].map((cycle, index) => ({
          id: index + 1,
          cycle,
        })),
      ],
      wish('a new one is 201, its offset dropped, its amount a text', {}, 201, plan),
      ['it has no entries yet', 'GET /planning/2/entries', undefined, 200, { planning_id: 2, entries: [], total: 0 }],
      wish('the same once more is refused', {}, 409),
      wish('an account has to exist', { account_id: 99 }, 409),
      wish('a category has to exist', { category_id: 99 }, 409),
      wish('a cycle has to exist', { cycle_id: 99 }, 409),
      wish('a cycle is a number', { cycle_id: 'monatlich' }, 422, issue('int_parsing', 'body', 'cycle_id')),
      wish('an amount is a number', { amount: true }, 422, issue('decimal_type', 'body', 'amount')),
      wish('an amount fits into its column', { amount: '12345678901' }, 422),
      wish('an amount that rounding takes beyond its column is refused', { amount: '9999999999.99999999999' }, 422),
      wish('an end is a date or null', { dateEnd: '' }, 422),
      wish('a description is a text', { description: 5 }, 422, issue('string_type', 'body', 'description')),
      wish('a start may be seconds', { dateStart: 1767225600 }, 201, { ...plan, id: expect.any(Number) as number, dateStart: '2026-01-01T00:00:00' }),
      wish('a start may be milliseconds', { dateStart: 1767225600123, amount: 1 }, 201, {
        ...plan,
        id: expect.any(Number) as number,
        amount: '1.0000000000',
        dateStart: '2026-01-01T00:00:00',
      }),
      wish('a start may be the last moment there is', { dateStart: '9999-12-31 23:59:59' }, 201, {
        ...plan,
        id: expect.any(Number) as number,
        dateStart: '9999-12-31T23:59:59',
      }),
      [
        'a list has its total and nothing of pages',
        'GET /planning/?page_size=1',
        undefined,
        200,
        { plannings: [expect.objectContaining({ dateStart: '9999-12-31T23:59:59' })], total: 5 },
      ],
      ['a list beyond its end is empty', 'GET /planning/?page=9', undefined, 200, { plannings: [], total: 5 }],
      ['a page is at least the first', 'GET /planning/?page=0', undefined, 422, issue('greater_than_equal', 'query', 'page')],
      ['a page has at most a thousand', 'GET /planning/?page_size=1001', undefined, 422, issue('less_than_equal', 'query', 'page_size')],
      ['one is changed as a whole', 'PUT /planning/2', json({ ...planning, description: 'Miete' }), 200, { ...plan, description: 'Miete' }],
      ['one is changed into itself', 'PUT /planning/2', json({ ...planning, description: 'Miete' }), 200, { ...plan, description: 'Miete' }],
      ['what a change leaves out is null', 'PUT /planning/2', json(planning), 200, plan],
      ['a change lacks something', 'PUT /planning/2', json({ amount: 1 }), 422, issue('missing', 'body', 'dateStart')],
      notFor('GET /planning/99'),
      notFor('PUT /planning/99', json(planning)),
      notFor('DELETE /planning/99'),
      notFor('GET /planning/99/entries'),
      notFor('POST /planning/99/entries/generate'),
      notFor('DELETE /planning/99/entries/1'),
      ['an entry that does not exist is 404', 'DELETE /planning/2/entries/1', undefined, 404, detail('Planning entry with ID 1 not found for planning 2')],
    ],
  )

  test('one that starts after every end has exactly one entry, and is deleted without a word', async () => {
    const [, list] = await tell(database, 'GET /planning/?page_size=1')
    const id = (list as { plannings: readonly { id: number }[] }).plannings[0]?.id ?? 0
    expect(await tell(database, `POST /planning/${id}/entries/generate`)).toEqual([
      200,
      { planning_id: id, entries: [{ id: expect.any(Number) as number, dateImport: stamp, dateValue: '9999-12-31T00:00:00', planning_id: id }], total: 1 },
    ])
    expect(await tell(database, `DELETE /planning/${id}`)).toEqual([204, ''])
  })
})

const months = ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember']
const line = (first: object, values: readonly (number | null)[], last: object) => ({
  ...first,
  ...Object.fromEntries(months.map((month, index) => [month, values[index] ?? (values.length === 1 ? values[0] : 0)])),
  ...last,
})
const row = (Kategorie: string | null, january: number | null, total: number | null = january) =>
  line({ Kategorie }, january === null ? [null] : [january, ...Array<number>(11).fill(0)], { Gesamt: total })
const report = (account: string, rows: readonly object[]) => ({ year: 2024, account, rows })
const summary = (haben: number, soll: number) => [row('Haben', haben), row('Soll', soll), row('Gesamt', haben + soll)]
const nothing = ['Haben', 'Soll', 'Gesamt'].map((name) => row(name, null))

describe('reports', () => {
  testRows(
    () => database,
    [
      ['income: those without a category first', 'GET /accounts/income?year=2024&account=Giro', undefined, 200, report('Giro', [row(null, 3000)])],
      [
        'expenses: by full name, less than nothing',
        'GET /accounts/expenses?year=2024&account=Giro',
        undefined,
        200,
        report('Giro', [row('Essen - Gebäck', -1.5)]),
      ],
      ['summary: always three rows', 'GET /accounts/summary?year=2024&account=Giro', undefined, 200, report('Giro', summary(3000, -1.5))],
      ['a name that nobody has: no rows', 'GET /accounts/income?year=2024&account=Nobody', undefined, 200, report('Nobody', [])],
      ['a name that nobody has: a summary of null', 'GET /accounts/summary?year=2024&account=Nobody', undefined, 200, report('Nobody', nothing)],
      ['an account without anything: a summary of null', 'GET /accounts/summary?year=2024&account=Leer', undefined, 200, report('Leer', nothing)],
      ['all current accounts', 'GET /accounts/all-giro/summary?year=2024', undefined, 200, report('Alle Girokonten', summary(3000, -1.5))],
      ['all current accounts: income', 'GET /accounts/all-giro/income?year=2024', undefined, 200, report('Alle Girokonten', [row(null, 3000)])],
      ['all current accounts: expenses', 'GET /accounts/all-giro/expenses?year=2024', undefined, 200, report('Alle Girokonten', [row('Essen - Gebäck', -1.5)])],
      ['all loans', 'GET /accounts/all-loans/expenses?year=2024', undefined, 200, report('Alle Darlehenskonten', [row(null, -200)])],
      ['all loans: income', 'GET /accounts/all-loans/income?year=2024', undefined, 200, report('Alle Darlehenskonten', [])],
      ['all loans: summary', 'GET /accounts/all-loans/summary?year=2024', undefined, 200, report('Alle Darlehenskonten', summary(0, -200))],
      ['all of both', 'GET /accounts/all-accounts/summary?year=2024', undefined, 200, report('Alle Darlehens- und Girokonten', summary(3000, -201.5))],
      ['all of both: income', 'GET /accounts/all-accounts/income?year=2024', undefined, 200, report('Alle Darlehens- und Girokonten', [row(null, 3000)])],
      [
        'all of both: expenses',
        'GET /accounts/all-accounts/expenses?year=2024',
        undefined,
        200,
        report('Alle Darlehens- und Girokonten', [row(null, -200), row('Essen - Gebäck', -1.5)]),
      ],
      ['a name is needed', 'GET /accounts/income?year=2024', undefined, 422, issue('missing', 'query', 'account')],
      ['a year is needed', 'GET /accounts/all-giro/income', undefined, 422, issue('missing', 'query', 'year')],
      ['a year is at least 1900', 'GET /accounts/summary?account=Giro&year=1899', undefined, 422, issue('greater_than_equal', 'query', 'year')],
      ['a year is at most 3000', 'GET /year-overview/loans?year=3001', undefined, 422, issue('less_than_equal', 'query', 'year')],
      ['a year is a number', 'GET /year-overview/assets-month-end?year=heuer', undefined, 422, issue('int_parsing', 'query', 'year')],
      ['for shares any number is a year', 'GET /year-overview/securities?year=-5', undefined, 200, { year: -5, rows: [] }],
      ['for shares a year too large for a calendar, too', 'GET /year-overview/securities?year=99999', undefined, 200, { year: 99999, rows: [] }],
      [
        'balances are those at the beginning of each month',
        'GET /year-overview/account-balances?year=2024',
        undefined,
        200,
        {
          year: 2024,
          rows: [
            line({ Konto: 'Giro' }, [100, ...Array<number>(11).fill(3098.5)], { Jahresabschluss: 3098.5 }),
            line({ Konto: 'Leer' }, [0], { Jahresabschluss: 0 }),
          ],
        },
      ],
      [
        'changes are those of each month',
        'GET /year-overview/account-balances-monthly?year=2024',
        undefined,
        200,
        {
          year: 2024,
          rows: [line({ Konto: 'Giro' }, [2998.5, ...Array<number>(11).fill(0)], { Jahresbilanz: 2998.5 }), line({ Konto: 'Leer' }, [0], { Jahresbilanz: 0 })],
        },
      ],
      [
        'loans are what is left at the end of each month',
        'GET /year-overview/loans?year=2024',
        undefined,
        200,
        { year: 2024, rows: [line({ Konto: 'Haus' }, [-5200], { Jahresbilanz: -200 })] },
      ],
      ['investments are those of their type', 'GET /year-overview/investments?year=2024', undefined, 200, { year: 2024, rows: [] }],
      [
        'shares are worth their volume times their price',
        'GET /year-overview/securities?year=2024',
        undefined,
        200,
        { year: 2024, rows: [line({ Wertpapier: 'Alpha' }, [20], { Dividende: 0 })] },
      ],
      [
        'assets are three rows',
        'GET /year-overview/assets-month-end?year=2024',
        undefined,
        200,
        {
          year: 2024,
          rows: [
            line({ 'Vermögen Ende des Monats': 'Kontostand' }, [3098.5], { Jahresbilanz: 2998.5 }),
            line({ 'Vermögen Ende des Monats': 'Darlehen' }, [-5200], { Jahresbilanz: -200 }),
            line({ 'Vermögen Ende des Monats': 'Wertpapiere' }, [20], { Jahresbilanz: 20 }),
          ],
        },
      ],
      ['an account that began later is in no year before', 'GET /year-overview/account-balances?year=2019', undefined, 200, { year: 2019, rows: [] }],
      ['years are those of transactions', 'GET /years/', undefined, 200, { years: [2024] }],
    ],
  )

  test('years go up to the next one, and a date of zeros is in none', async () => {
    const next = new Date().getFullYear() + 1
    await database.db.pinned(async (db) => {
      await db.run(sql`SET SESSION sql_mode = ''`)
      for (const day of ['0000-00-00', '2019-12-31 23:59:59', `${next}-12-31 23:59:59`, `${next + 1}-01-01`])
        await db.run(sql`INSERT INTO tbl_transaction (dateImport, description, amount, dateValue, account) VALUES (NOW(), ${day}, 1, ${day}, 1)`)
    })
    expect(await tell(database, 'GET /years/')).toEqual([200, { years: [next, 2024, 2019] }])
  })

  test('without transactions there are no years', async () => {
    await database.db.run(sql`DELETE FROM tbl_accountingEntry`)
    await database.db.run(sql`DELETE FROM tbl_transaction`)
    expect(await tell(database, 'GET /years/')).toEqual([200, { years: [] }])
  })
})
