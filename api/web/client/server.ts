// Talks to the API. The session is a cookie that no script can read.

/** A refusal, in the words of the API. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

interface Problem {
  readonly loc?: readonly (string | number)[]
  readonly msg?: string
}

const sentenceOf = (status: number, answer: unknown): string => {
  const detail = typeof answer === 'object' && answer !== null && 'detail' in answer ? answer.detail : undefined
  if (typeof detail === 'string') return detail
  if (Array.isArray(detail)) return detail.map(({ loc = [], msg = '' }: Problem) => `${loc.slice(1).join('.')}: ${msg}`).join('\n')
  return `Der Server antwortet mit dem Status ${status}.`
}

const request = async <Answer>(path: string, init: RequestInit): Promise<Answer> => {
  let response: Response
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' })
  } catch {
    throw new Refusal(0, 'Der Server ist nicht erreichbar. Bitte versuchen Sie es noch einmal.')
  }
  const text = await response.text()
  let answer: unknown
  try {
    answer = text === '' ? undefined : JSON.parse(text)
  } catch {
    throw new Refusal(response.status, `Der Server antwortet mit dem Status ${response.status}.`)
  }
  if (!response.ok) throw new Refusal(response.status, sentenceOf(response.status, answer))
  // The API's own schemas shape the answer.
  return answer as Answer
}

export const get = <Answer>(path: string) => request<Answer>(path, { method: 'GET' })

export const post = <Answer>(path: string, body?: object) =>
  request<Answer>(path, { method: 'POST', ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) })

/** Sends a form with a file. */
export const send = <Answer>(path: string, form: FormData) => request<Answer>(path, { method: 'POST', body: form })
