import { expect, test } from 'vitest'
import { DatabaseError, faultOf } from '../../../api/db/errors.ts'
import { BadRequest, Conflict, Invalid, NotFound, TooManyRequests, Unauthorized, Unavailable } from '../../../api/errors.ts'
import { answerTo } from '../../../api/plugins/answer.ts'

const circumstances = { operation: 'fetch accounts', requestId: 'r1', limits: { text: 1000, file: 9000 } }
const database = (errno: number, message: string) => new DatabaseError(faultOf(errno), errno, 'HY000', message)
const issue = { type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: {} }

test.each([
  ['bad input', new BadRequest('say more'), 400, 'say more', {}],
  ['nobody signed in', new Unauthorized('who?', { 'www-authenticate': 'Bearer' }), 401, 'who?', { 'www-authenticate': 'Bearer' }],
  ['something missing', new NotFound('account', 5), 404, 'account 5 does not exist', {}],
  ['a contradiction', new Conflict('taken'), 409, 'taken', {}],
  ['input outside the schema', new Invalid([issue]), 422, [issue], {}],
  ['too many attempts', new TooManyRequests('wait', 7), 429, 'wait', { 'retry-after': '7' }],
  ['something away', new Unavailable('later'), 503, 'later', { 'retry-after': '5' }],
  [
    'a lost connection',
    database(2013, 'Lost connection'),
    503,
    'Database connection error (fetch accounts): 2013 (HY000): Lost connection\n\nPlease try again.',
    { 'retry-after': '5' },
  ],
  ['a duplicate', database(1062, 'Duplicate entry'), 409, 'Database error (fetch accounts): 1062 (HY000): Duplicate entry', {}],
  ['a row that is referred to', database(1451, 'Cannot delete'), 409, 'Database error (fetch accounts): 1451 (HY000): Cannot delete', {}],
  ['a text that is too long', database(1406, 'Data too long'), 422, 'Database error (fetch accounts): 1406 (HY000): Data too long', {}],
  ['a password that changed', database(1045, 'Access denied'), 401, 'Session not found. Please sign in again.', {}],
  [
    'a mistake of ours in SQL',
    database(1064, 'near booking text'),
    500,
    'Internal server error (fetch accounts): the database refused with error 1064; the log has it as request r1.',
    {},
  ],
  ['a mistake of ours', new TypeError('undefined is not a function'), 500, 'Internal server error (fetch accounts): the log has it as request r1.', {}],
  ['something thrown that is no error', 'oops', 500, 'Internal server error (fetch accounts): the log has it as request r1.', {}],
  ['a body that is too large', Object.assign(new Error('x'), { statusCode: 413 }), 413, 'The request is larger than 1000 bytes; send it in smaller parts.', {}],
  [
    'a file that is too large',
    Object.assign(new Error('x'), { statusCode: 413, code: 'FST_REQ_FILE_TOO_LARGE' }),
    413,
    'The file is larger than 9000 bytes; send it in smaller parts or raise api.body_limit.',
    {},
  ],
  [
    'a server that cannot be reached',
    new DatabaseError('unavailable', 0, 'ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:3306'),
    503,
    'Database connection error (fetch accounts): 0 (ECONNREFUSED): the server does not answer\n\nPlease try again.',
    { 'retry-after': '5' },
  ],
])('%s gets its status and sentence', (_what, error, status, detail, headers) => {
  expect(answerTo(error, circumstances)).toEqual({ status, headers, body: { detail } })
})

test('a missing table says what to do', () => {
  expect(answerTo(database(1146, "Table 'x' doesn't exist"), circumstances)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('Apply the migrations') as string },
  })
})
