import { describe, expect, test } from 'vitest'
import { parseStatus, retryAfter, statusError } from '../../../operator/kube/errors.ts'

const now = new Date('2026-01-01T12:00:00Z')

describe('an error of the API server', () => {
  test('says what was attempted, what came of it and why', () => {
    const status = { kind: 'Status', code: 409, reason: 'Conflict', message: 'the object has been modified', details: { name: 'x' } }
    expect(statusError('patch configmaps n/x', 409, status, false)).toMatchObject({
      message: 'patch configmaps n/x failed: 409 Conflict: the object has been modified',
      status: 409,
      reason: 'Conflict',
      namesObject: true,
    })
  })

  test('names the fields of a refused Secret and quotes nothing of it', () => {
    const message = 'Secret "s" is invalid: data[a]: Invalid value: "hunter2"'
    const status = { code: 422, reason: 'Invalid', message, details: { causes: [{ reason: 'FieldValueInvalid', field: 'data[a]' }] } }
    expect(statusError('apply secrets n/s', 422, status, true).message).toBe(
      'apply secrets n/s failed: 422 Invalid: refused because of data[a] (FieldValueInvalid)',
    )
    expect(statusError('apply secrets n/s', 400, { code: 400, reason: 'BadRequest', message }, true).message).not.toContain('hunter2')
  })

  test('is understood when a proxy answered instead', () => {
    expect(parseStatus('<html>502 Bad Gateway</html>')).toEqual({ message: '<html>502 Bad Gateway</html>' })
    expect(parseStatus('')).toEqual({ message: 'the answer had no body' })
    expect(parseStatus('{"items":[]}')).toEqual({ message: '{"items":[]}' })
  })

  test.each([
    ['7', 7],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('Retry-After %s is %s seconds', (header, seconds) => {
    expect(retryAfter(header, now)).toBe(seconds)
  })
})
