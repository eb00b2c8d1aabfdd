// Holds an app to its own OpenAPI document: a request whose answer is not in it fails, and with it the test.
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { Compile, type Validator, type XSchema } from 'typebox/schema'
import type { OpenApi } from '../../api/openapi/document.ts'
import type { Json } from '../../api/openapi/json-schema.ts'
import type { Answer, Operation } from '../../api/openapi/operation.ts'
import { resolved } from '../../api/openapi/outline.ts'

export interface Described {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** Every operation of the document; literal paths before those with parameters, as they are looked up. */
export const operationsOf = ({ paths }: OpenApi): readonly Described[] =>
  Object.entries(paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))
    .toSorted((left, right) => Number(left.path.includes('{')) - Number(right.path.includes('{')))

// the router takes an empty part for a parameter, but not at the end: there it is a slash that does not matter
const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replace('{path}', '.+')
      .replace(/\{\w+\}(?=\/)/g, '[^/]*')
      .replace(/\{\w+\}/g, '[^/]+')}/?$`,
  )

export const documentIn = async (app: FastifyInstance): Promise<OpenApi> => (await app.inject('/openapi.json')).json<OpenApi>()

// many apps have the same schemas
const validators = new Map<string, Validator>()
const validatorOf = (schema: Json, { components }: OpenApi): Validator => {
  const key = JSON.stringify(schema)
  const known = validators.get(key) ?? Compile({ ...schema, components } as XSchema)
  validators.set(key, known)
  return known
}

/** What an answer has that the document does not, as a sentence; undefined when there is nothing. */
export const surpriseIn = (document: OpenApi, { method, path, operation }: Described, answer: LightMyRequestResponse): string | undefined => {
  const said = `${method} ${path} answered ${answer.statusCode}`
  const given = operation.responses[String(answer.statusCode)]
  if (!given) return `${said}, which the document does not list: ${answer.body.slice(0, 300)}`
  // a reference is to an answer
  const { content } = resolved(document, given as unknown as Json) as unknown as Answer
  if (!content) return answer.body === '' ? undefined : `${said} with a body, and the document has none`
  const type = String(answer.headers['content-type'] ?? 'nothing').split(';')[0] ?? ''
  const media = content[type]
  if (!media) return `${said} with ${type}, and the document has ${Object.keys(content).join()}`
  const body: unknown = type === 'application/json' ? answer.json() : answer.body
  const [fits, errors] = validatorOf(media.schema, document).Errors(body)
  return fits ? undefined : `${said} with what the document does not allow: ${JSON.stringify(errors).slice(0, 500)} in ${answer.body.slice(0, 500)}`
}

/** Answers of the server itself, to what is no operation. */
const ofNoOperation = new Set([400, 404, 405, 413, 414, 415, 422, 429])

export const holdToDocument = (app: FastifyInstance): FastifyInstance => {
  const bare = app.inject.bind(app)
  let known: { readonly document: OpenApi; readonly operations: readonly (Described & { readonly pattern: RegExp })[] } | undefined
  const inject = async (options: InjectOptions | string): Promise<LightMyRequestResponse> => {
    const answer = await bare(options)
    if (!known) {
      const document = (await bare('/openapi.json')).json<OpenApi>()
      known = { document, operations: operationsOf(document).map((one) => ({ ...one, pattern: patternOf(one.path) })) }
    }
    const { method = 'GET', url = '' } = answer.raw.req
    const path = url.split('?')[0] ?? ''
    const operation = known.operations.find((one) => one.method === method && one.pattern.test(path))
    const surprise = operation
      ? surpriseIn(known.document, operation, answer)
      : path.startsWith('/api/') && method !== 'OPTIONS' && !ofNoOperation.has(answer.statusCode)
        ? `${method} ${path} is not in the document and answered ${answer.statusCode}`
        : undefined
    if (surprise !== undefined) throw new Error(surprise)
    return answer
  }
  // tests await what they ask for; nobody uses the callback or the chain
  app.inject = inject as FastifyInstance['inject']
  return app
}
