// Every request schema is read by coerce.ts instead of Ajv, whose coercion (null is 0, 5 is "5") is not the original's.
import fp from 'fastify-plugin'
import { Invalid } from '../errors.ts'
import { coerce, type Schema } from './coerce.ts'

const places: Readonly<Record<string, string>> = { body: 'body', querystring: 'query', params: 'path', headers: 'header' }

/** Of a parameter that was sent several times the last one counts, unless a list is wanted. */
const lastOfEach = (schema: Schema, data: unknown): unknown =>
  typeof data !== 'object' || data === null
    ? data
    : Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Array.isArray(value) && schema.properties?.[key]?.type !== 'array' ? value.at(-1) : value]),
      )

export const validation = fp(
  async (app) => {
    app.setValidatorCompiler<Schema>(({ schema, httpPart = 'body' }) => (data: unknown) => {
      const place = places[httpPart] ?? httpPart
      if (place === 'body' && (data === null || data === undefined)) {
        return { error: new Invalid([{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]) }
      }
      const { value, issues } = coerce(schema, place === 'query' ? lastOfEach(schema, data) : data, [place])
      return issues.length > 0 ? { error: new Invalid(issues) } : { value }
    })
  },
  { name: 'validation' },
)
