import { describe, expect, test } from 'vitest'
import { KubeError } from '../../../operator/kube/errors.ts'
import { waitBeforeRetry } from '../../../operator/kube/retry.ts'

const failure = (status: number, reason: string, retryAfterSeconds?: number) =>
  new KubeError({ status, reason, attempted: 'x', explanation: 'y', ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) })
const attempt = (changes: object = {}) => ({ number: 1, most: 8, idempotent: true, sent: true, ...changes })

describe('a failed call', () => {
  test.each([
    ['is repeated when it never arrived, whatever it asks for', failure(0, 'Unreachable'), attempt({ idempotent: false, sent: false }), 100],
    ['is repeated when its answer was lost and a repetition is harmless', failure(0, 'ConnectionLost'), attempt(), 100],
    ['is not repeated when its answer was lost and it may have been done', failure(0, 'ConnectionLost'), attempt({ idempotent: false }), undefined],
    ['is not repeated when it used up its time', failure(0, 'DeadlineExceeded'), attempt(), undefined],
    ['waits for the time that a busy server asks for', failure(429, 'TooManyRequests', 9), attempt({ idempotent: false }), 9_000],
    ['waits a second when a busy server asks for no time', failure(429, 'TooManyRequests'), attempt({ idempotent: false }), 1_000],
    ['leaves a long wait to the caller', failure(503, 'ServiceUnavailable', 600), attempt(), undefined],
    ['is repeated after 503 only where that is harmless', failure(503, 'ServiceUnavailable'), attempt({ idempotent: false }), undefined],
    ['is not repeated after a conflict', failure(409, 'Conflict'), attempt(), undefined],
    ['is not repeated after an error of the server', failure(500, 'InternalError'), attempt(), undefined],
    ['waits longer after each attempt', failure(0, 'Unreachable'), attempt({ number: 4 }), 800],
    ['is given up after its last attempt', failure(429, 'TooManyRequests', 1), attempt({ number: 8 }), undefined],
  ])('%s', (_, error, tried, wait) => {
    expect(waitBeforeRetry(error, tried, 0)).toBe(wait)
  })
})
