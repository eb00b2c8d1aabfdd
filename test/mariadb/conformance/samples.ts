// One request for each operation that a household answers with success: in this order each leaves what the later ones need.
import type { InjectOptions } from 'fastify'
import type { operations } from '../../api/app/operations.ts'

export type Operation = (typeof operations)[number]
export interface Sample {
  readonly url: string
  readonly status: number
  /** A JSON body, or the fields of a form. */
  readonly json?: object
  readonly form?: Readonly<Record<string, string | Blob>>
}

const at = (url: string, status = 200): Sample => ({ url: `/api${url}`, status })
const json = (url: string, body: object, status = 200): Sample => ({ ...at(url, status), json: body })
const form = (url: string, fields: Readonly<Record<string, string | Blob>>, status = 200): Sample => ({ ...at(url, status), form: fields })
const file = (text: string) => new Blob([text])

const year = '?year=2024'
const account = { name: 'Neu', iban_accountNumber: 'DE9', bic_market: '', type: 1, startAmount: 0, dateStart: '2026-01-01' }
const planning = { amount: '-1.25', dateStart: '2026-12-01', account_id: 1, category_id: 1, cycle_id: 5 }
const condition = { id: 1, type: 'contains', columnName: 'description', value: 'x' }
const rule = { name: 'R', conditions: [condition], category: 1 }
const bank = 'Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n05.01.2024;-1,00;Neu;DE5;;\n'

export const samples: Readonly<Record<Operation, Sample>> = {
  'GET /api/health': at('/health'),
  'POST /api/auth/login': json('/auth/login', { username: 'nobody_at_all', password: 'x' }, 401),
  'GET /api/auth/session': at('/auth/session'),
  'POST /api/setup/database': json('/setup/database', { username: 'nobody_at_all', password: 'x', database_name: 'finiaDB_none' }, 500),
  'POST /api/setup/init-data': json('/setup/init-data', { username: 'nobody_at_all', password: 'x', database_name: 'finiaDB_none' }, 500),
  'GET /api/setup/migrations/status': at('/setup/migrations/status'),
  'POST /api/setup/migrations/apply': json('/setup/migrations/apply', { dry_run: true }),
  'GET /api/transactions/': at('/transactions/'),
  'GET /api/transactions/:id': at('/transactions/1'),
  'PUT /api/transactions/:id/entries': json('/transactions/1/entries', { entries: [{ id: 1, dateImport: '2024-01-01', amount: -1.5 }] }),
  'POST /api/transactions/mark-checked': json('/transactions/mark-checked', { transaction_ids: [1] }),
  'POST /api/transactions/auto-categorize': json('/transactions/auto-categorize', {}),
  'GET /api/transactions/import-formats': at('/transactions/import-formats'),
  'POST /api/transactions/import': json('/transactions/import', { account_id: null }),
  'POST /api/transactions/import-csv': form('/transactions/import-csv', { file: file(bank), format: 'csv-cb', account_id: '1' }),
  'GET /api/categories/': at('/categories/'),
  'GET /api/categories/hierarchy': at('/categories/hierarchy'),
  'GET /api/categories/hierarchy/all': at('/categories/hierarchy/all'),
  'GET /api/categories/list': at('/categories/list'),
  'GET /api/categories/:id': at('/categories/1'),
  'POST /api/categories/': json('/categories/', { name: 'Neu' }),
  'PUT /api/categories/:id': json('/categories/4', { name: 'Neuer' }),
  'DELETE /api/categories/:id': at('/categories/4'),
  'POST /api/categories/import-yaml': form('/categories/import-yaml', { file: file('categories: [{ name: Yaml }]') }),
  'GET /api/category-automation/rules': at('/category-automation/rules'),
  'GET /api/category-automation/rules/:id': at('/category-automation/rules/rule-1'),
  'POST /api/category-automation/rules': json('/category-automation/rules', { ...rule, id: 'rule-2' }),
  'PUT /api/category-automation/rules/:id': json('/category-automation/rules/rule-2', rule),
  'DELETE /api/category-automation/rules/:id': at('/category-automation/rules/rule-2'),
  'POST /api/category-automation/test-rule': json('/category-automation/test-rule', { rule, transaction: { description: 'x' } }),
  'GET /api/planning/cycles': at('/planning/cycles'),
  'GET /api/planning/': at('/planning/'),
  'GET /api/planning/:id': at('/planning/1'),
  'POST /api/planning/': json('/planning/', planning, 201),
  'PUT /api/planning/:id': json('/planning/2', planning),
  'POST /api/planning/:id/entries/generate': at('/planning/2/entries/generate'),
  'GET /api/planning/:id/entries': at('/planning/1/entries'),
  'DELETE /api/planning/:id/entries/:entry': at('/planning/1/entries/2', 204),
  'DELETE /api/planning/:id': at('/planning/2', 204),
  'GET /api/accounts/list': at('/accounts/list'),
  'GET /api/accounts/girokonto/list': at('/accounts/girokonto/list'),
  'GET /api/accounts/types/list': at('/accounts/types/list'),
  'GET /api/accounts/formats/list': at('/accounts/formats/list'),
  'GET /api/accounts/:id': at('/accounts/1'),
  'POST /api/accounts/': json('/accounts/', account),
  'PUT /api/accounts/:id': json('/accounts/4', account),
  'DELETE /api/accounts/:id': at('/accounts/4'),
  'POST /api/accounts/import-yaml': form('/accounts/import-yaml', { file: file('account_data: []') }),
  'GET /api/accounts/income': at(`/accounts/income${year}&account=Giro`),
  'GET /api/accounts/expenses': at(`/accounts/expenses${year}&account=Giro`),
  'GET /api/accounts/summary': at(`/accounts/summary${year}&account=Giro`),
  'GET /api/accounts/all-giro/income': at(`/accounts/all-giro/income${year}`),
  'GET /api/accounts/all-giro/expenses': at(`/accounts/all-giro/expenses${year}`),
  'GET /api/accounts/all-giro/summary': at(`/accounts/all-giro/summary${year}`),
  'GET /api/accounts/all-loans/income': at(`/accounts/all-loans/income${year}`),
  'GET /api/accounts/all-loans/expenses': at(`/accounts/all-loans/expenses${year}`),
  'GET /api/accounts/all-loans/summary': at(`/accounts/all-loans/summary${year}`),
  'GET /api/accounts/all-accounts/income': at(`/accounts/all-accounts/income${year}`),
  'GET /api/accounts/all-accounts/expenses': at(`/accounts/all-accounts/expenses${year}`),
  'GET /api/accounts/all-accounts/summary': at(`/accounts/all-accounts/summary${year}`),
  'GET /api/year-overview/account-balances': at(`/year-overview/account-balances${year}`),
  'GET /api/year-overview/account-balances-monthly': at(`/year-overview/account-balances-monthly${year}`),
  'GET /api/year-overview/investments': at(`/year-overview/investments${year}`),
  'GET /api/year-overview/loans': at(`/year-overview/loans${year}`),
  'GET /api/year-overview/securities': at(`/year-overview/securities${year}`),
  'GET /api/year-overview/assets-month-end': at(`/year-overview/assets-month-end${year}`),
  'GET /api/years/': at('/years/'),
  'GET /api/shares/': at('/shares/'),
  'POST /api/shares/': form('/shares/', { isin: 'DE0000000003', name: 'Neu' }),
  'PUT /api/shares/:id': form('/shares/3', { isin: 'DE0000000003', name: 'Neuer' }),
  'DELETE /api/shares/:id': at('/shares/3'),
  'GET /api/shares/history': at('/shares/history'),
  'POST /api/shares/history': form('/shares/history', { isin: 'DE0000000001', date: '2024-02-29', amount: '11.5' }),
  'PUT /api/shares/history/:id': form('/shares/history/2', { isin: 'DE0000000001', date: '2024-02-29', amount: '12' }),
  'PUT /api/shares/history/:id/checked': form('/shares/history/2/checked', { checked: 'true' }),
  'DELETE /api/shares/history/:id': at('/shares/history/2'),
  'POST /api/shares/history/auto-fill': at('/shares/history/auto-fill'),
  'GET /api/shares/transactions': at('/shares/transactions'),
  'POST /api/shares/transactions': form('/shares/transactions', { isin: 'DE0000000001', dateTransaction: '2024-03-01', tradingVolume: '1' }),
  'PUT /api/shares/transactions/:id': form('/shares/transactions/2', { isin: 'DE0000000001', dateTransaction: '2024-03-02', tradingVolume: '1' }),
  'DELETE /api/shares/transactions/:id': at('/shares/transactions/2'),
  'GET /api/shares/accounting-entries': at('/shares/accounting-entries?type=buy'),
  'GET /api/shares/accounting-entries/:id': at('/shares/accounting-entries/1'),
  'POST /api/shares/import/history': form('/shares/import/history', { file: file('ISIN;Datum;Betrag\nDE0000000001;01.05.2024;1,5\n') }),
  'POST /api/shares/import/transactions': form('/shares/import/transactions', { file: file('ISIN;Datum;Anzahl\nDE0000000001;01.05.2024;1\n') }),
  'GET /api/settings/shares-tx-categories': at('/settings/shares-tx-categories'),
  'POST /api/settings/shares-tx-categories': json('/settings/shares-tx-categories', { category_id: 2, type: 'sell' }),
  'DELETE /api/settings/shares-tx-categories': json('/settings/shares-tx-categories', { category_id: 2, type: 'sell' }),
  'GET /api/settings/import-formats': at('/settings/import-formats'),
  'POST /api/settings/import-formats': json('/settings/import-formats', { name: 'neu', config: {} }),
  'PUT /api/settings/import-formats/:id': json('/settings/import-formats/3', { name: 'csv-cb', config: { encoding: 'utf-8' } }),
  'DELETE /api/settings/import-formats/:id': at('/settings/import-formats/3'),
  'POST /api/settings/import-formats/upload-yaml': form('/settings/import-formats/upload-yaml', { file: file('formats: {}') }),
  'GET /api/settings/account-types': at('/settings/account-types'),
  'POST /api/settings/account-types': json('/settings/account-types', { type: 'Neu' }),
  'PUT /api/settings/account-types/:id': json('/settings/account-types/6', { type: 'Neuer' }),
  'DELETE /api/settings/account-types/:id': at('/settings/account-types/6'),
  'GET /api/settings/planning-cycles': at('/settings/planning-cycles'),
  'POST /api/settings/planning-cycles': json('/settings/planning-cycles', { cycle: 'neu', periodValue: 2, periodUnit: 'm' }),
  'PUT /api/settings/planning-cycles/:id': json('/settings/planning-cycles/9', { cycle: 'neuer', periodValue: 2, periodUnit: 'm' }),
  'DELETE /api/settings/planning-cycles/:id': at('/settings/planning-cycles/9'),
  'POST /api/settings/planning-cycles/import-yaml': form('/settings/planning-cycles/import-yaml', { file: file('planningCycle: []') }),
  'GET /api/theme/colors': at('/theme/colors'),
  'GET /api/theme/css': at('/theme/css'),
  'GET /api/docs/*': at('/docs/install.md'),
  'POST /api/auth/logout': at('/auth/logout'),
}

export const publicOperations: readonly Operation[] = [
  'GET /api/health',
  'POST /api/auth/login',
  'POST /api/setup/database',
  'POST /api/setup/init-data',
  'GET /api/theme/colors',
  'GET /api/theme/css',
  'GET /api/docs/*',
]
/** Those that say less when nobody is signed in. */
export const terseOperations: readonly Operation[] = [
  'POST /api/auth/logout',
  'GET /api/auth/session',
  'GET /api/setup/migrations/status',
  'POST /api/setup/migrations/apply',
]

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
// the names begin with their method
export const methodOf = (operation: Operation): Method => operation.split(' ')[0] as Method

/** The sample as a request; a form goes as multipart, or urlencoded when it has no file and that is asked for. */
export const requestOf = async (operation: Operation, urlencoded = false): Promise<InjectOptions> => {
  const { url, json: body, form: fields } = samples[operation]
  const request = { method: methodOf(operation), url }
  if (body) return { ...request, payload: body }
  if (!fields) return request
  const data = urlencoded ? new URLSearchParams() : new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') data.set(name, value)
    else if (data instanceof FormData) data.set(name, value, 'file.csv')
  }
  const encoded = new Response(data)
  return { ...request, headers: { 'content-type': encoded.headers.get('content-type') ?? '' }, payload: Buffer.from(await encoded.arrayBuffer()) }
}

export const all = Object.keys(samples) as readonly Operation[]
