import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyRing } from '../../../../api/auth/key-ring.ts'
import { covers, positionText, readPosition, union } from '../../../../api/db/replicas/position.ts'
import { positionCookie } from '../../../../api/db/replicas/position-cookie.ts'
import { SessionPositions } from '../../../../api/db/replicas/session-positions.ts'

const position = fc
  .uniqueArray(fc.record({ domain: fc.nat(3), server: fc.nat(9), number: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }), {
    selector: ({ domain }) => domain,
    minLength: 1,
    maxLength: 4,
  })
  .map((gtids) => new Map(gtids.map(({ domain, server, number }) => [String(domain), { server: String(server), number }])))

const read = (text: string) => {
  const found = readPosition(text)
  if (!found) throw new Error(`${text} is no position`)
  return found
}

describe('a position', () => {
  test('is written as it is read', () =>
    fc.assert(
      fc.property(position, (one) => {
        expect(readPosition(positionText(one))).toEqual(one)
      }),
    ))

  test('of both stands for each of them, and for nothing more', () =>
    fc.assert(
      fc.property(position, position, position, (one, other, third) => {
        const both = union(one, other)
        expect(covers(both, one) && covers(both, other)).toBe(true)
        expect(covers(third, both)).toBe(covers(third, one) && covers(third, other))
      }),
    ))

  test('counts the transactions of each domain, whichever server they were made on', () => {
    expect(covers(read('0-2-10'), read('0-1-9'))).toBe(true)
    expect(covers(read('0-1-9'), read('0-1-10'))).toBe(false)
    expect(covers(read('0-1-10'), read('0-1-10,1-1-1'))).toBe(false)
  })

  test.each(['', '0-1', '0-1-', 'a-1-1', '0-1-1,', ',0-1-1', '0-1-1,0-1-2', "0-1-1'", '0-1-1 ', '0-1-123456789012345678901', `0-1-1${',1-1-1'.repeat(20)}`])(
    '%j is none',
    (text) => expect(readPosition(text)).toBeUndefined(),
  )
})

describe('the cookie', () => {
  const aKey = (kid: string) => ({ kid, key: randomBytes(32) })
  const keys: KeyRing = [aKey('a')]
  const cookie = positionCookie(keys, 3_600, true)
  const valueOf = (text: string) => text.split(';')[0] ?? ''
  const written = cookie.write('s', read('0-1-1'))

  test('brings the position back to the session it was written for, beside other cookies', () =>
    fc.assert(
      fc.property(position, (one) => {
        const value = valueOf(cookie.write('s', one))
        expect(value).toMatch(/^finia_position=[\w.-]+$/)
        expect(cookie.read('s', `auth_token=x; ${value}; theme=dark`)).toEqual(one)
        expect(cookie.read('another', value)).toBeUndefined()
      }),
    ))

  test('is for the server only, for pages of ours, over TLS', () => {
    expect(written.slice(valueOf(written).length)).toBe('; HttpOnly; Max-Age=3600; Path=/; SameSite=strict; Secure')
    expect(positionCookie(keys, 1, false).write('s', read('0-1-1'))).not.toContain('Secure')
  })

  test('cannot be made by anybody else, whatever is changed in it', () => {
    const value = valueOf(cookie.write('s', read('0-1-10')))
    fc.assert(
      fc.property(fc.nat(value.length - 16), fc.constantFrom(...'0123456789-_.=; aZ'.split('')), (at, sign) => {
        const index = 'finia_position='.length + (at % (value.length - 17))
        const forged = value.slice(0, index) + sign + value.slice(index + 1)
        const found = cookie.read('s', forged)
        expect(found && positionText(found)).toBe(forged === value ? '0-1-10' : undefined)
      }),
    )
    expect(positionCookie([aKey('a')], 1, true).read('s', value)).toBeUndefined()
    for (const other of [undefined, '', 'finia_position=', 'finia_position=0-1-10', 'finia_position=.', `${value}.x`])
      expect(cookie.read('s', other)).toBeUndefined()
  })

  test('outlives a rotation of the keys', () => {
    const value = valueOf(cookie.write('s', read('0-1-10')))
    expect(positionCookie([aKey('b'), ...keys], 1, true).read('s', value)).toEqual(read('0-1-10'))
  })
})

describe('what is remembered of sessions', () => {
  test('a cookie that was overtaken by a newer one on its way is mended', () => {
    const sessions = new SessionPositions()
    sessions.wrote('s', read('0-1-11'))
    expect(sessions.wanted('s', read('0-1-10'))).toEqual(read('0-1-11'))
    expect(sessions.wanted('s', undefined)).toBeUndefined()
    expect(sessions.wanted('other', read('0-1-10'))).toEqual(read('0-1-10'))
  })

  test('after a write of which nobody knows where it is, only the primary answers, until the next one', () => {
    const sessions = new SessionPositions()
    sessions.wrote('s', read('0-1-11'))
    sessions.lost('s')
    expect(sessions.wanted('s', read('0-1-11'))).toBeUndefined()
    sessions.wrote('s', read('0-1-12'))
    expect(sessions.wanted('s', read('0-1-11'))).toEqual(read('0-1-12'))
  })
})
