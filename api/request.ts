// What the API adds to Fastify's types; the only module augmentation there is.
import type { Db } from './db/db.ts'

/** The signed-in user of a request. */
export interface Visitor {
  readonly sessionId: string
  readonly username: string
  readonly database: string
}

/** A file of a multipart form; its field is declared with the type `Upload` of validation/types.ts. */
export interface UploadedFile {
  readonly filename: string
  readonly content: Buffer
}

declare module 'fastify' {
  interface FastifySchema {
    /** What the operation does, as the OpenAPI document says it. */
    readonly summary?: string
    /** Statuses of failures beyond those that api/openapi/refusals.ts derives from what the route is. */
    readonly refuses?: readonly number[]
    /** Content type of the answer, when it is not JSON. */
    readonly produces?: string
    /** What opens the operation instead of a session. */
    readonly opens?: 'setupToken'
  }
  interface FastifyRequest {
    /** The signed-in user's database; asking for it on a public route is a mistake and throws. */
    readonly db: Db
    /** The signed-in user; asking for it on a public route is a mistake and throws. */
    readonly visitor: Visitor
  }
  interface FastifyContextConfig {
    /** Answered to anybody. */
    readonly public?: boolean
    /** The answer begins before all is written that the request writes. */
    readonly writesOn?: boolean
    /** What the route does, in two words ("fetch transactions"); named in the answer when the database fails. */
    readonly operation?: string
    /** The body is a form (urlencoded or multipart); every other body counts as an empty form. */
    readonly form?: boolean
    /** Says less when nobody is signed in, as FiniA does for its own endpoints about sessions. */
    readonly terse?: boolean
  }
}
