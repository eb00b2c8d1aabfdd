// One route as an operation of the document. Pure.
import type { Schema } from '../validation/coerce.ts'
import { type Json, plain } from './json-schema.ts'
import { refusalRef, refusalsOf } from './refusals.ts'
import type { Route } from './route.ts'

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: Json
}

export interface Media {
  readonly schema: Json
}

export interface Answer {
  readonly description: string
  readonly content?: Readonly<Record<string, Media>>
}

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly security?: readonly Json[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, Answer | { readonly $ref: string }>>
}

/** The rest of the path that a star stands for. */
const rest = 'path'

export const pathOf = (url: string): string => url.replace(/:(\w+)/g, '{$1}').replace('*', `{${rest}}`)

/** The group of a path: what follows /api. */
export const groupOf = (url: string): string => /^\/api\/(?!redoc)([^/]+)/.exec(url)?.[1] ?? 'docs'

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** getPlanningByPlanningIdEntries */
const operationId = ({ method, url }: Route): string => {
  const parts = url
    .replace(/^\/api/, '')
    .replace('*', `:${rest}`)
    .split('/')
  const words = parts.flatMap((part) => (part.startsWith(':') ? ['by', ...part.slice(1).split('_')] : part.split(/\W+/)))
  return method.toLowerCase() + words.map(capital).join('')
}

const parametersOf = (schema: Schema | undefined, place: Parameter['in']): readonly Parameter[] =>
  Object.entries(schema?.properties ?? {}).map(([name, inner]) => ({
    name: name === '*' ? rest : name,
    in: place,
    required: place === 'path' || (inner.default === undefined && (schema?.required ?? []).includes(name)),
    schema: plain(inner),
  }))

const hasFile = ({ properties = {} }: Schema) => Object.values(properties).some(({ format }) => format === 'upload')

const bodyOf = ({ schema: { body }, isForm }: Route): Pick<Operation, 'requestBody'> => {
  if (!body) return {}
  const forms = hasFile(body) ? ['multipart/form-data'] : ['application/x-www-form-urlencoded', 'multipart/form-data']
  const types = isForm ? forms : ['application/json']
  return { requestBody: { required: true, content: Object.fromEntries(types.map((type) => [type, { schema: plain(body) }])) } }
}

const successesOf = ({ schema: { response = {}, produces } }: Route): Readonly<Record<string, Answer>> => {
  const done = { description: 'Done.' }
  if (produces !== undefined) return { 200: { ...done, content: { [produces]: { schema: { type: 'string' } } } } }
  const entries = Object.entries(response).map(([status, schema]) => [
    status,
    status === '204' ? done : { ...done, content: { 'application/json': { schema: plain(schema) } } },
  ])
  return Object.fromEntries(entries)
}

const securityOf = ({ isPublic, schema: { opens } }: Route): Pick<Operation, 'security'> => {
  if (opens) return { security: [{ [opens]: [] }, {}] }
  return isPublic ? { security: [] } : {}
}

export const operationOf = (route: Route): Operation => ({
  operationId: operationId(route),
  tags: [groupOf(route.url)],
  summary: route.schema.summary ?? '',
  ...securityOf(route),
  parameters: [...parametersOf(route.schema.params, 'path'), ...parametersOf(route.schema.querystring, 'query')],
  ...bodyOf(route),
  responses: { ...successesOf(route), ...Object.fromEntries(refusalsOf(route).map((status) => [String(status), refusalRef(status)])) },
})
