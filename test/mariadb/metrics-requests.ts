// Requests to every operation of the OpenAPI document that say the same word wherever a text can stand.

import fc from 'fast-check'
import type { InjectOptions } from 'fastify'

interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const typeOf = ({ type = 'anything' }: Schema): string => (typeof type === 'string' ? type : (type.find((one) => one !== 'null') ?? 'null'))

/** A value that may fit, with the word in every text that need not be a date or a number. */
const values = (schema: Schema, word: string): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => values(one, word)))
  switch (typeOf(schema)) {
    case 'integer':
    case 'number':
      return fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(word) })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.tuple(values(schema.items ?? {}, word))
    case 'object':
      return fc.record(Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, values(one, word)])))
    default:
      return fc.constantFrom(word, word.repeat(40), `${word}'"\\\n%`, '2024-01-31', '12.50')
  }
}

const form = (fields: Readonly<Record<string, unknown>>, word: string): Pick<InjectOptions, 'headers' | 'payload'> => {
  const file = (name: string) =>
    `name="${name}"; filename="${word}.csv"\r\nContent-Type: text/csv\r\n\r\nValuta;Betrag;Verwendungszweck\n01.01.2024;${word};${word}\n`
  const parts = Object.entries(fields).map(([name, value]) => (name === 'file' ? file(name) : `name="${name}"\r\n\r\n${String(value)}`))
  return {
    headers: { 'content-type': 'multipart/form-data; boundary=edge-of-part' },
    payload: `${parts.map((part) => `--edge-of-part\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--edge-of-part--\r\n`,
  }
}

const bodies = ({ requestBody }: Operation, word: string): fc.Arbitrary<Pick<InjectOptions, 'headers' | 'payload'>> => {
  const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(requestBody?.content ?? {})
  if (type === 'multipart/form-data') return values(schema, word).map((fields) => form(fields as Record<string, unknown>, word))
  if (type === '') return fc.constant({})
  const headers = { 'content-type': 'application/json' }
  return fc.oneof(
    { weight: 5, arbitrary: values(schema, word).map((body) => ({ headers, payload: JSON.stringify(body) })) },
    { weight: 1, arbitrary: fc.constantFrom(`{"${word}":`, `"${word}"`, word).map((payload) => ({ headers, payload })) },
  )
}

const places = (operation: Operation, place: string) => (operation.parameters ?? []).filter((parameter) => parameter.in === place).map(({ name }) => name)

export interface Request extends InjectOptions {
  readonly url: string
}

/** A request to any operation; `word` stands in path, query, headers and body. */
export const requestsOf = ({ paths }: Document, word: string): fc.Arbitrary<Request> => {
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
  return fc.constantFrom(...operations).chain(({ path, method, operation }) =>
    fc
      .record({
        path: fc.constantFrom('1', word).map((value) => path.replaceAll(/\{.*?\}/g, value)),
        query: fc.constantFrom(word, '1', '2024-01-31').map((value) => new URLSearchParams([...places(operation, 'query'), word].map((name) => [name, value]))),
        body: bodies(operation, word),
      })
      .map(
        (made): Request => ({
          // the types of the test client know the common methods only, and the document has no others
          method: method.toUpperCase() as 'GET',
          url: `${made.path}?${made.query.toString()}`,
          ...made.body,
          headers: { ...made.body.headers, 'x-setup-token': word, 'user-agent': word, referer: `https://${word}.example/`, 'x-forwarded-for': word },
        }),
      ),
  )
}
