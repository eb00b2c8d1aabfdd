// Sentences of the original's description as rows: a request, and what it is answered.
import type { InjectOptions } from 'fastify'
import { expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'PATCH'
/** `POST /accounts/`: what follows /api. */
export type Target = `${Method} /${string}`

/** What is sent: nothing, JSON, an urlencoded form, or a multipart form with the text of its file. */
export type Sent =
  | undefined
  | { readonly json: unknown }
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly upload: Readonly<Record<string, string>> }

/** `body`, when given, is what at least must be in the answer. */
export type Row = readonly [says: string, target: Target, sent: Sent, status: number, body?: unknown]

export const json = (body: unknown): Sent => ({ json: body })
export const form = (fields: Readonly<Record<string, string>>): Sent => ({ form: fields })
export const upload = (text: string, fields: Readonly<Record<string, string>> = {}): Sent => ({ upload: { ...fields, file: text } })
/** A sentence about what is wrong. */
export const detail = (text: string | RegExp): object => ({ detail: typeof text === 'string' ? text : (expect.stringMatching(text) as string) })
/** The first complaint of a validation: its type, and where. */
export const issue = (type: string, ...loc: readonly (string | number)[]): object => ({
  detail: expect.arrayContaining([expect.objectContaining({ type, loc })]) as unknown[],
})

/** A moment as the API writes it. */
export const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string

/** How the routes about shares refuse, with status 200. */
export const said = (message: string | RegExp) => ({
  status: 'error',
  message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
})

/** The first transaction of the household. */
export const bread = {
  id: 1,
  dateImport: stamp,
  dateValue: '2024-01-01T08:30:00',
  description: 'Brot',
  amount: '-1.5000000000',
  iban: 'DE77',
  bic: null,
  recipientApplicant: null,
  account_id: 1,
  account_name: 'Giro',
  account_iban: 'DE1',
  entries: [{ id: 1, dateImport: stamp, checked: false, amount: '-1.5000000000', accountingPlanned: null, category: 2, category_name: 'Essen - Gebäck' }],
}

/** What the lists about shares have in common. */
export const pageRows = (path: string): readonly Row[] => [
  [`${path} has no page 0`, `GET ${path}?page=0` as Row[1], undefined, 422, issue('greater_than_equal', 'query', 'page')],
  [`${path} has no pages of nothing`, `GET ${path}?page_size=0` as Row[1], undefined, 422, issue('greater_than_equal', 'query', 'page_size')],
  [`${path} has pages of 2000 rows`, `GET ${path}?page_size=2000` as Row[1], undefined, 200],
  [
    `${path} has a page beyond its end`,
    `GET ${path}?page=9007199254740991&page_size=2000` as Row[1],
    undefined,
    200,
    expect.objectContaining({ page: 9007199254740991 }),
  ],
  [`${path} orders by nothing but columns`, `GET ${path}?sort_by=(SELECT%20SLEEP(9))&sort_dir=;--` as Row[1], undefined, 200],
]

const boundary = 'edge-of-part'
const multipart = (fields: Readonly<Record<string, string>>): string =>
  `${Object.entries(fields)
    .map(
      ([name, text]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${name === 'file' ? '; filename="file.csv"' : ''}\r\n\r\n${text}\r\n`,
    )
    .join('')}--${boundary}--\r\n`

export const requestTo = (target: Target, sent: Sent): InjectOptions => {
  const [method, path] = target.split(' ') as [Method, string]
  const request = { method, url: `/api${path}` }
  if (sent === undefined) return request
  if ('json' in sent) return { ...request, headers: { 'content-type': 'application/json' }, payload: JSON.stringify(sent.json) }
  if ('form' in sent)
    return { ...request, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: new URLSearchParams(sent.form).toString() }
  return { ...request, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, payload: multipart(sent.upload) }
}

/** Status and body of one request. */
export const tell = async (database: Pick<TestDatabase, 'inject'>, target: Target, sent?: Sent): Promise<readonly [number, unknown]> => {
  const answer = await database.inject(requestTo(target, sent))
  return [answer.statusCode, answer.body === '' ? '' : answer.json<unknown>()]
}

/** A test for each row, in order, on the same database. */
export const testRows = (database: () => TestDatabase, rows: readonly Row[]): void => {
  test.each(rows.map((row) => [row[0], row] as const))('%s', async (_says, [, target, sent, status, body]) => {
    const [told, answer] = await tell(database(), target, sent)
    expect([told, answer]).toEqual([status, answer])
    if (body !== undefined) expect(answer).toEqual(body)
  })
}
