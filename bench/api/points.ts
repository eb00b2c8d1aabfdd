// What is measured: one point is one kind of request. Pure.
import { accounts, firstYear, statementCsv, years } from './data.ts'

export interface Sent {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
}

export interface Point {
  readonly name: string
  /** Milliseconds that half of the requests may take at most, at one connection. */
  readonly target: number
  /** The request; of those that change something each has a mark of its own. */
  readonly send: (mark: number) => Sent
  /** So many requests at one connection, instead of some seconds. */
  readonly amount?: number
  /** It brings rows, which are to go afterwards. */
  readonly writes?: true
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

const importedRows = 5_000
const boundary = 'finia-benchmark-boundary'

const form = (mark: number): Buffer => {
  const part = (name: string, value: string, more = '') => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
  const file = part('file', statementCsv(importedRows, mark), '; filename="bank.csv"')
  return Buffer.from(`${part('format', 'csv-cb')}${part('account_id', '1')}${file}--${boundary}--\r\n`)
}

const year = firstYear + years - 2
const yearTables = ['account-balances', 'account-balances-monthly', 'investments', 'loans', 'securities', 'assets-month-end']

export const points = ({ username, password }: Credentials): readonly Point[] => {
  const get = (name: string, target: number, path: string): Point => ({ name, target, send: () => ({ method: 'GET', path }) })
  const login = Buffer.from(JSON.stringify({ username, password }))
  return [
    get('list', 15, '/api/transactions/'),
    get('search', 100, '/api/transactions/?search=4711'),
    get('search-common', 100, '/api/transactions/?search=kundennummer'),
    get('search-category', 100, '/api/transactions/?search=auto%203'),
    ...yearTables.map((table) => get(`year-${table}`, 40, `/api/year-overview/${table}?year=${year}`)),
    get('summary-account', 20, `/api/accounts/summary?year=${year}&account=${accounts[0]}`),
    get('summary-all', 20, `/api/accounts/all-accounts/summary?year=${year}`),
    get('hierarchy', 3, '/api/categories/hierarchy'),
    { name: 'login', target: 8, send: () => ({ method: 'POST', path: '/api/auth/login', headers: { 'content-type': 'application/json' }, body: login }) },
    {
      name: 'import',
      target: 2_000,
      amount: 5,
      writes: true,
      send: (mark) => ({
        method: 'POST',
        path: '/api/transactions/import-csv',
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: form(mark),
      }),
    },
  ]
}

const namesIn = (wanted: string): readonly string[] => wanted.split(',').filter((name) => name !== '')

/** What to say of a name that no point's begins with. */
export const unknownPoint = (all: readonly Point[], wanted: string): string | undefined => {
  const unknown = namesIn(wanted).find((name) => !all.some((point) => point.name.startsWith(name)))
  return unknown && `BENCH names "${unknown}", which is no point: choose from ${all.map(({ name }) => name).join(', ')}.`
}

/** Those that are named, by the beginnings of their names; all when none is. */
export const chosenPoints = (all: readonly Point[], wanted: string): readonly Point[] => {
  const names = namesIn(wanted)
  return names.length === 0 ? all : all.filter((point) => names.some((name) => point.name.startsWith(name)))
}
