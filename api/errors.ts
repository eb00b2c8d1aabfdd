// The failures that have an answer of their own. The error handler (plugins/error-handler.ts) alone turns them into a response.

export type HttpHeaders = Readonly<Record<string, string>>

/** One thing wrong with the input, in the form that clients of FastAPI know. */
export interface Issue {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input: unknown
  readonly ctx?: Readonly<Record<string, unknown>>
}

export class HttpError extends Error {
  readonly statusCode: number
  readonly headers: HttpHeaders
  constructor(statusCode: number, message: string, headers: HttpHeaders = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.statusCode = statusCode
    this.headers = headers
  }
}

/** The request says something that cannot be done; the sentence says what to change. */
export class BadRequest extends HttpError {
  constructor(message: string, options?: ErrorOptions) {
    super(400, message, {}, options)
  }
}

/** Nobody is signed in, or not any more. */
export class Unauthorized extends HttpError {
  constructor(message: string, headers: HttpHeaders = {}) {
    super(401, message, headers)
  }
}

export class Forbidden extends HttpError {
  constructor(message: string) {
    super(403, message)
  }
}

export class NotFound extends HttpError {
  constructor(what: string, id: string | number) {
    super(404, `${what} ${id} does not exist`)
  }
}

/** The request contradicts what is stored. */
export class Conflict extends HttpError {
  constructor(message: string, options?: ErrorOptions) {
    super(409, message, {}, options)
  }
}

export class TooManyRequests extends HttpError {
  constructor(message: string, retryAfterSeconds: number) {
    super(429, message, { 'retry-after': String(retryAfterSeconds) })
  }
}

/** Something that we need does not answer; trying again helps. */
export class Unavailable extends HttpError {
  constructor(message: string, options?: ErrorOptions) {
    super(503, message, { 'retry-after': '5' }, options)
  }
}

/** The input does not fit the schema: 422 with a list of what is wrong. */
export class Invalid extends HttpError {
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[]) {
    super(422, issues.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '))
    this.issues = issues
  }
}
