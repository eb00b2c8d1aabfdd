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
