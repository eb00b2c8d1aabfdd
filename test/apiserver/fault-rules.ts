// What a request is, and the rules by which harm is done to it. Pure.
export interface Seen {
  readonly verb: string
  readonly resource: string
  readonly name: string
  readonly subresource: string
  readonly query: URLSearchParams
  /** The answer's status; 0 while there is none. */
  status: number
}

export type Act =
  /** Answers instead of the API server. */
  | { readonly do: 'respond'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: object | string }
  /** Resets the stream before the API server hears of it. */
  | { readonly do: 'reset'; readonly code: number }
  /** Lets the API server do it and resets the stream instead of answering. */
  | { readonly do: 'loseAnswer' }
  /** Lets so many lines through, then half of the next one, and then breaks the connection. */
  | { readonly do: 'cutMidLine'; readonly afterLines: number }
  /** Lets so many lines through, then says this line and ends the stream. */
  | { readonly do: 'sayAndEnd'; readonly afterLines: number; readonly line: object }
  /** Announces that this connection takes no more requests, and serves this one to its end. */
  | { readonly do: 'goaway' }
  /** Keeps the request and answers nothing. */
  | { readonly do: 'hold' }

export interface Rule {
  readonly verb?: string
  readonly resource?: string
  readonly name?: string
  readonly subresource?: string
  /** Which of the requests that fit, from 1 on; 1 unless told. */
  readonly nth?: number
  /** For how many requests from then on; 1 unless told. */
  readonly times?: number
  readonly act: Act
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'patch', DELETE: 'delete', PUT: 'update' }

/** What is asked for, read off the path. */
export const seenOf = (method: string, target: string): Seen => {
  const url = new URL(target, 'https://proxy.invalid')
  const parts = url.pathname.split('/').filter((part) => part !== '')
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3)
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2
  const [resource = '', name = '', subresource = ''] = inNamespace ? rest.slice(2) : rest
  const read = url.searchParams.get('watch') === 'true' ? 'watch' : name === '' ? 'list' : 'get'
  return { verb: verbs[method] ?? read, resource, name, subresource, query: url.searchParams, status: 0 }
}

export const fits = (rule: Rule, seen: Seen): boolean =>
  (['verb', 'resource', 'name', 'subresource'] as const).every((field) => rule[field] === undefined || rule[field] === seen[field])
