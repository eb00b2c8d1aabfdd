// Which answer a failure gets. Pure.
import { DatabaseError, type DatabaseFault } from '../db/errors.ts'
import { HttpError, type HttpHeaders, Invalid } from '../errors.ts'

export interface Answer {
  readonly status: number
  readonly headers: HttpHeaders
  readonly body: { readonly detail: unknown }
}

export interface Circumstances {
  /** What the route was doing, in two words. */
  readonly operation: string
  readonly requestId: string
  /** Bytes that a text may have, and a file. */
  readonly limits: { readonly text: number; readonly file: number }
}

const answer = (status: number, detail: unknown, headers: HttpHeaders = {}): Answer => ({ status, headers, body: { detail } })

const statuses: Readonly<Record<DatabaseFault, number>> = {
  denied: 401,
  unavailable: 503,
  duplicate: 409,
  referenced: 409,
  badValue: 422,
  unmigrated: 409,
  other: 500,
}

const ofDatabase = (error: DatabaseError, { operation, requestId }: Circumstances): Answer => {
  const status = statuses[error.fault]
  // without a number it is the network's word, which names addresses
  const facts = `${error.errno} (${error.sqlState}): ${error.errno ? error.message : 'the server does not answer'}`
  switch (error.fault) {
    case 'denied':
      return answer(status, 'Session not found. Please sign in again.')
    case 'unmigrated':
      return answer(status, `The database lacks a table (${operation}): ${facts}\n\nApply the migrations and try again.`)
    case 'unavailable':
      return answer(status, `Database connection error (${operation}): ${facts}\n\nPlease try again.`, { 'retry-after': '5' })
    case 'other':
      return answer(status, `Internal server error (${operation}): the database refused with error ${error.errno}; the log has it as request ${requestId}.`)
    case 'duplicate':
    case 'referenced':
    case 'badValue':
      return answer(status, `Database error (${operation}): ${facts}`)
  }
}

const fastifySentences: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The request body is not as long as its Content-Length says; send it again.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The Content-Type of the request cannot be read; send application/json or a form.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is longer than any name or number here; shorten it.',
  FST_ERR_BAD_URL: 'The address cannot be decoded; write a percent sign as %25.',
  FST_FIELDS_LIMIT: 'The form has more than 100 fields; leave out those that are not asked for.',
  FST_PARTS_LIMIT: 'The form has more than 110 parts; leave out those that are not asked for.',
  FST_FILES_LIMIT: 'More than one file was sent; send one, in the field "file".',
}

/** Failures of Fastify and its plugins that the client caused. */
const ofFastify = (error: Error, { text, file }: Circumstances['limits']): Answer | undefined => {
  const { statusCode, code = '' } = error as { statusCode?: number; code?: string }
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined
  const sentence = fastifySentences[code]
  if (sentence) return answer(statusCode, sentence)
  if (code === 'FST_REQ_FILE_TOO_LARGE') return answer(413, `The file is larger than ${file} bytes; send it in smaller parts or raise api.body_limit.`)
  if (statusCode === 413) return answer(413, `The request is larger than ${text} bytes; send it in smaller parts.`)
  return answer(statusCode, error.message)
}

export const answerTo = (error: unknown, circumstances: Circumstances): Answer => {
  if (error instanceof Invalid) return answer(422, error.issues)
  if (error instanceof HttpError) return answer(error.statusCode, error.message, error.headers)
  if (error instanceof DatabaseError) return ofDatabase(error, circumstances)
  const { operation, requestId, limits } = circumstances
  const known = error instanceof Error ? ofFastify(error, limits) : undefined
  return known ?? answer(500, `Internal server error (${operation}): the log has it as request ${requestId}.`)
}
