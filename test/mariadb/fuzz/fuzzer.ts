// Sends requests and keeps count of the answers; whatever no client may ever see is thrown.
import type { LightMyRequestResponse } from 'fastify'
import type { Described } from '../../support/described.ts'
import type { TestDatabase } from '../environment.ts'
import type { Harm } from './harms.ts'
import { Known, lists, made } from './known.ts'
import { hintOf, requestOf, type Sent } from './requests.ts'

type Body = Readonly<Record<string, unknown>>
export interface Login {
  readonly username: string
  readonly password: string
}

/** Milliseconds: nothing takes longer, on a busy machine either. */
const patience = 20_000

const inTime = async <T>(work: Promise<T>, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${patience} ms`)), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const shown = ({ method, url, headers, payload }: Sent) => `${method} ${url} ${JSON.stringify(headers)} ${payload?.toString().slice(0, 600) ?? ''}`

export class Fuzzer {
  readonly known = new Known()
  readonly #answers = new Map<string, Map<number, number>>()
  /** The last request of each operation that fits the document and was refused all the same. */
  readonly #refused = new Map<string, string>()
  readonly #database: TestDatabase
  /** Who signs out and changes passwords. */
  #stranger: Login
  #sent = 0

  constructor(database: TestDatabase, stranger: Login) {
    this.#database = database
    this.#stranger = stranger
    const { username, password } = database
    this.known.set('login', [{ username, password, database_name: database.database }])
    this.known.set('stranger', [stranger])
  }

  get sent(): number {
    return this.#sent
  }

  /** Asks for the lists, and knows what is in them. */
  async learn(): Promise<void> {
    for (const { url, learn } of lists) {
      const answer = await this.#database.inject({ method: 'GET', url })
      this.#sent += 1
      if (answer.statusCode !== 200) throw new Error(`GET ${url} answered ${answer.statusCode}: ${answer.body}`)
      learn(this.known, answer.json<Body>())
    }
  }

  async send(described: Described, draft: Parameters<typeof requestOf>[1], harms: readonly Harm[] = []): Promise<void> {
    const { operation } = described
    const request = await requestOf(described, draft, this.known, harms)
    const answer = await this.#ask(described, request)
    this.#count(operation.operationId, answer.statusCode)
    const expected = hintOf(described).failsWith
    const documented = expected !== undefined && answer.statusCode === 500 && answer.json<{ detail: string }>().detail.startsWith(expected)
    if (answer.statusCode >= 500 && !documented) throw new Error(`${shown(request)} answered ${answer.statusCode}: ${answer.body}`)
    if (answer.statusCode >= 300) {
      if (harms.length === 0) this.#refused.set(operation.operationId, `${shown(request)} answered ${answer.statusCode}: ${answer.body.slice(0, 300)}`)
      return
    }
    const { deletes } = hintOf(described)
    if (deletes) this.known.forget(deletes, decodeURIComponent(/([^/]*)$/.exec(request.url.split('?')[0] ?? '')?.[1] ?? ''))
    this.#keep(operation.operationId, request, answer)
  }

  /** Answers by status, an operation a line, and whether at least a quarter were 2xx. */
  distribution(): readonly { readonly operation: string; readonly enough: boolean; readonly refused: string; readonly line: string }[] {
    return [...this.#answers].map(([operation, byStatus]) => {
      const all = [...byStatus.values()].reduce((sum, count) => sum + count, 0)
      const good = [...byStatus].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0)
      const counts = [...byStatus].toSorted(([left], [right]) => left - right).map(([status, count]) => `${status}: ${count}`)
      return {
        operation,
        enough: good * 4 >= all,
        refused: this.#refused.get(operation) ?? 'only requests that something was done to',
        line: `${operation.padEnd(50)} ${Math.round((100 * good) / all)} % of ${all}; ${counts.join(', ')}`,
      }
    })
  }

  async #ask(described: Described, request: Sent): Promise<LightMyRequestResponse> {
    const what = shown(request)
    const token = hintOf(described).stranger ? await this.#signIn() : this.#database.token
    const headers = { authorization: `Bearer ${token}`, ...request.headers }
    try {
      this.#sent += 1
      return await inTime(this.#database.app.inject({ ...request, headers }), what)
    } catch (cause) {
      throw new Error(`${what}: ${String(cause)}`, { cause })
    }
  }

  async #signIn(): Promise<string> {
    const answer = await this.#database.app.inject({ method: 'POST', url: '/api/auth/login', payload: this.#stranger })
    if (answer.statusCode !== 200) throw new Error(`the other user cannot sign in: ${answer.statusCode} ${answer.body}`)
    return answer.json<{ token: string }>().token
  }

  #count(operation: string, status: number): void {
    const byStatus = this.#answers.get(operation) ?? new Map<number, number>()
    this.#answers.set(operation, byStatus.set(status, (byStatus.get(status) ?? 0) + 1))
  }

  #keep(operation: string, { payload }: Sent, answer: LightMyRequestResponse): void {
    if (operation === 'postAuthPassword') {
      const { new_password: password } = JSON.parse(payload?.toString() ?? '') as { new_password: string }
      this.#stranger = { ...this.#stranger, password }
      this.known.set('stranger', [this.#stranger])
    }
    made[operation]?.(this.known, operation in made ? answer.json<Body>() : {})
  }
}
