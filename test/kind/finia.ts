// What a person does with FiniA, through its public API: log in, upload CSV files, look at the list.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Answer, ask, type Question, type Site } from './browser.ts'

export interface ImportOutcome {
  readonly inserted: number
  readonly total: number
  readonly warnings?: readonly string[]
}

interface Named {
  readonly id: number
  readonly name: string
}

const json = (value: object): Question => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })

/** The answer's JSON; anything but a 2xx is an error with the sentence that the API gave. */
const read = <T>(what: string, answer: Answer): T => {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${what}: ${answer.status} ${answer.text.slice(0, 500)}`)
  return JSON.parse(answer.text) as T
}

const form = async (path: string, fields: Readonly<Record<string, string>>): Promise<Question> => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  data.append('file', new Blob([await readFile(path)]), basename(path))
  const encoded = new Response(data)
  return { method: 'POST', headers: { 'content-type': encoded.headers.get('content-type') ?? '' }, body: new Uint8Array(await encoded.arrayBuffer()) }
}

export class Person {
  readonly #site: Site
  readonly #token: string

  private constructor(site: Site, token: string) {
    this.#site = site
    this.#token = token
  }

  static async login(site: Site, username: string, password: string): Promise<Person> {
    const { token } = read<{ readonly token: string }>('login', await ask(site, '/api/auth/login', json({ username, password })))
    return new Person(site, token)
  }

  /** The token that the login gave, to ask with from elsewhere. */
  get token(): string {
    return this.#token
  }

  ask(path: string, question: Question = {}): Promise<Answer> {
    return ask(this.#site, path, { ...question, headers: { authorization: `Bearer ${this.#token}`, ...question.headers } })
  }

  /** The account of that name, made when there is none. */
  async account(name: string): Promise<number> {
    const find = async () => {
      const { accounts } = read<{ readonly accounts: readonly Named[] }>('accounts', await this.ask(`/api/accounts/list?search=${encodeURIComponent(name)}`))
      return accounts.find((account) => account.name === name)?.id
    }
    const account = { name, iban_accountNumber: name, bic_market: '', startAmount: 0, dateStart: '2026-01-01T00:00:00' }
    const found = await find()
    if (found !== undefined) return found
    read('new account', await this.ask('/api/accounts/', json(account)))
    const made = await find()
    if (made === undefined) throw new Error(`the account "${name}" was made and is not in the list`)
    return made
  }

  async importCsv(path: string, format: string, accountId: number): Promise<ImportOutcome> {
    const question = await form(path, { format, account_id: String(accountId) })
    return read<ImportOutcome>(`import of ${basename(path)}`, await this.ask('/api/transactions/import-csv', question))
  }

  async transactionCount(): Promise<number> {
    return read<{ readonly total: number }>('transactions', await this.ask('/api/transactions/?page=1&page_size=1')).total
  }
}
