import { describe, expect, test } from 'vitest'
import { nextAfter } from '../../../operator/runtime/reflection.ts'

const failure = (status: number, reason: string, retryAfterSeconds?: number) => ({
  status,
  reason,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
})
const watching = { askedNewest: false, initialEvents: false }
const listing = { askedNewest: false, initialEvents: true }

describe('what follows a watch that failed', () => {
  test.each([
    ['is listed again, no older than what was seen, when its past is forgotten', failure(410, 'Expired'), watching, { move: 'list', from: 'last' }],
    ['is listed from the newest when even that is forgotten', failure(410, 'Gone'), listing, { move: 'list', from: 'newest' }],
    [
      'goes on where it was when the server is busy, after the time it asks for',
      failure(429, 'TooManyRequests', 7),
      watching,
      { move: 'watch', afterSeconds: 7 },
    ],
    ['goes on where it was when nobody answers', failure(0, 'Unreachable'), watching, { move: 'watch' }],
    ['goes on where it was when it was cut', failure(0, 'ConnectionLost'), watching, { move: 'watch' }],
    ['goes on where it was after an error of the server', failure(500, 'InternalError'), watching, { move: 'watch' }],
    ['is listed from the newest when the server is behind', failure(504, 'Timeout'), listing, { move: 'list', from: 'newest' }],
    ['asks for pages where lists cannot be streamed', failure(422, 'Invalid'), listing, { move: 'list', paged: true }],
    ['is blind without a right', failure(403, 'Forbidden'), watching, { move: 'list', from: 'newest', blind: true }],
    ['is blind for a kind that is not served', failure(404, 'NotFound'), listing, { move: 'list', from: 'newest', blind: true }],
    ['goes on where it was after an error that is none of a call', new TypeError('x'), watching, { move: 'watch' }],
  ])('%s', (_, error, position, next) => {
    expect(nextAfter(error, position)).toEqual(next)
  })
})
