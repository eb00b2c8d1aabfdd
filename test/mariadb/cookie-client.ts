// A client of the API that keeps cookies, or does not, as programs.
import type { Login } from '../../api/db/databases.ts'

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** A client that keeps cookies, as a browser does, or does not. */
export class Client {
  readonly #origin: string
  readonly #keepsCookies: boolean
  #cookies = new Map<string, string>()
  token = ''

  constructor(origin: string, keepsCookies = true) {
    this.#origin = origin
    this.#keepsCookies = keepsCookies
  }

  get position(): string | undefined {
    return this.#cookies.get('finia_position')
  }

  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const cookie = this.position && { cookie: `finia_position=${this.position}` }
    const answer = await fetch(this.#origin + path, {
      method,
      headers: { ...(this.token && { authorization: `Bearer ${this.token}` }), ...cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    for (const text of this.#keepsCookies ? answer.headers.getSetCookie() : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      if (value) this.#cookies.set(name, value)
      else this.#cookies.delete(name)
    }
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  async signIn({ username, password }: Login): Promise<this> {
    const { status, body } = await this.ask('POST', '/api/auth/login', { username, password })
    if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`)
    this.token = String(body.token)
    return this
  }

  /** Writes, reads, and says whether the reading has seen what was written. */
  async seesItsOwn(type: string): Promise<boolean> {
    const written = await this.ask('POST', '/api/settings/account-types', { type })
    const read = await this.ask('GET', '/api/settings/account-types')
    if (written.status !== 200 || read.status !== 200)
      throw new Error(`answered ${written.status} and ${read.status}: ${JSON.stringify([written.body, read.body])}`)
    return (read.body.account_types as { type: string }[]).some((each) => each.type === type)
  }
}
