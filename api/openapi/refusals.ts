// Which failures a route can answer, and what they look like. Pure.
import type { Json } from './json-schema.ts'
import type { Route } from './route.ts'

const Detail: Json = {
  type: 'object',
  required: ['detail'],
  properties: { detail: { type: 'string', description: 'What is wrong, as a sentence for a person.' } },
}

const Issue: Json = {
  type: 'object',
  required: ['type', 'loc', 'msg', 'input'],
  properties: {
    type: { type: 'string', description: 'The kind of mistake: missing, int_parsing, greater_than, …' },
    loc: { type: 'array', items: { type: ['string', 'integer'] }, description: 'Where: body, query or path, then the field.' },
    msg: { type: 'string' },
    input: { description: 'What was sent there.' },
    ctx: { type: 'object' },
  },
}

const Issues: Json = {
  type: 'object',
  required: ['detail'],
  properties: {
    detail: {
      description: 'Everything that is wrong with the input; a sentence when only the database noticed.',
      anyOf: [{ type: 'array', items: { $ref: '#/components/schemas/Issue' } }, { type: 'string' }],
    },
  },
}

export const schemas = { Detail, Issue, Issues }

const retryAfter = { 'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'string', pattern: '^\\d+$' } } }
const challenge = { 'WWW-Authenticate': { description: 'Bearer, when nothing was sent that could be checked.', schema: { type: 'string' } } }

const refusal = (description: string, headers: Json = {}, schema: keyof typeof schemas = 'Detail'): Json => ({
  description,
  ...(Object.keys(headers).length > 0 && { headers }),
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
})

const byStatus: ReadonlyMap<number, readonly [name: string, answer: Json]> = new Map([
  [400, ['BadRequest', refusal('The request says something that cannot be done.')]],
  [401, ['Unauthorized', refusal('Nobody is signed in, or not any more.', challenge)]],
  [403, ['Forbidden', refusal('Not allowed: another site sent it in somebody’s name, or it is switched off.')]],
  [404, ['NotFound', refusal('What the request names does not exist.')]],
  [409, ['Conflict', refusal('The request contradicts what is stored, or the database lacks a migration.')]],
  [413, ['TooLarge', refusal('The body is larger than allowed.')]],
  [414, ['AddressTooLong', refusal('A part of the address is longer than any name or number here.')]],
  [415, ['UnsupportedType', refusal('The Content-Type of the request cannot be read.')]],
  [422, ['Invalid', refusal('The input does not fit the schema.', {}, 'Issues')]],
  [429, ['TooManyRequests', refusal('Too many requests, or too many failed attempts to sign in.', retryAfter)]],
  [500, ['ServerError', refusal('What was asked for failed.')]],
  [503, ['Unavailable', refusal('The database does not answer; trying again helps.', retryAfter)]],
])

export const responses: Json = Object.fromEntries(byStatus.values())

/** The statuses, smallest first. */
export const refusalsOf = ({ method, isPublic, schema }: Route): readonly number[] => {
  const sends = method !== 'GET'
  const statuses = [
    429,
    ...(isPublic ? [] : [401, 409, 503]),
    ...(sends ? [400, 413, 415, 422] : []),
    ...(sends && !isPublic ? [403] : []),
    ...(schema.params ? [400, 414, 422] : []),
    ...(schema.querystring ? [422] : []),
    ...(schema.refuses ?? []),
  ]
  return [...new Set(statuses)].toSorted((left, right) => left - right)
}

export const refusalRef = (status: number): { readonly $ref: string } => {
  const named = byStatus.get(status)
  if (!named) throw new Error(`api/openapi/refusals.ts does not describe the status ${status}`)
  return { $ref: `#/components/responses/${named[0]}` }
}
