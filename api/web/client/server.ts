// Talks to the API. The session is a cookie that no script can read.
import { germanDetail } from './sentences.ts'

/** A refusal, in the words of the page. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const sentenceOf = (status: number, answer: unknown): string =>
  germanDetail(typeof answer === 'object' && answer !== null && 'detail' in answer ? answer.detail : undefined) ??
  `Der Server antwortet mit dem Status ${status}.`

const reach = async (path: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin' })
  } catch {
    throw new Refusal(0, 'Der Server ist nicht erreichbar. Bitte versuchen Sie es noch einmal.')
  }
}

const json = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  let answer: unknown
  try {
    answer = text === '' ? undefined : JSON.parse(text)
  } catch {
    throw new Refusal(response.status, sentenceOf(response.status, undefined))
  }
  if (!response.ok) throw new Refusal(response.status, sentenceOf(response.status, answer))
  return answer
}

// The API's own schemas shape the answer.
const request = async <Answer>(path: string, init: RequestInit): Promise<Answer> => (await json(await reach(path, init))) as Answer

const postInit = (body?: object): RequestInit => ({
  method: 'POST',
  ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
})

export const get = <Answer>(path: string) => request<Answer>(path, { method: 'GET' })

export const post = <Answer>(path: string, body?: object) => request<Answer>(path, postInit(body))

/** Sends a form with a file. */
export const send = <Answer>(path: string, form: FormData) => request<Answer>(path, { method: 'POST', body: form })

/** Posts, and tells of every event of the answer as it comes. */
export const stream = async <Event>(path: string, onEvent: (event: Event) => void): Promise<void> => {
  const response = await reach(path, postInit({}))
  if (!response.ok || !response.body) return void (await json(response))
  let text = ''
  for await (const piece of pieces(response.body.pipeThrough(new TextDecoderStream()))) {
    const events = (text + piece).split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) onEvent(JSON.parse(event.replace(/^data: /, '')) as Event)
  }
}

// Not every browser can iterate over a stream. One that breaks off has simply ended: whoever listens sees what did not come.
async function* pieces(body: ReadableStream<string>): AsyncGenerator<string> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
    if (done || value === undefined) return
    yield value
  }
}
