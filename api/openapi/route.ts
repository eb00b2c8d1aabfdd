// A route as the document needs to know it.
import type { RouteOptions } from 'fastify'
import type { Schema } from '../validation/coerce.ts'

export interface RouteSchema {
  readonly summary?: string
  readonly refuses?: readonly number[]
  readonly produces?: string
  readonly opens?: 'setupToken'
  readonly params?: Schema
  readonly querystring?: Schema
  readonly body?: Schema
  readonly response?: Readonly<Record<string, Schema>>
}

export interface Route {
  readonly method: string
  /** As Fastify writes it: /api/accounts/:account_id */
  readonly url: string
  readonly isPublic: boolean
  readonly isForm: boolean
  readonly schema: RouteSchema
}

/** One for each method. */
export const routesOf = ({ method, url, config, schema }: RouteOptions): readonly Route[] =>
  [method].flat().map((one) => ({
    method: one,
    url,
    isPublic: config?.public === true,
    isForm: config?.form === true,
    // what TypeBox builds is JSON Schema
    schema: (schema ?? {}) as RouteSchema,
  }))
