import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokensOf } from '../../../api/auth/tokens.ts'

const key = (kid: string) => ({ kid, key: randomBytes(32) })
const noon = new Date('2026-01-01T12:00:00Z')
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000)
const claims = { sessionId: 's', username: 'alice', database: 'finiaDB_alice', password: 'pässword' }

test('what was sealed is opened unchanged, and the token shows none of it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ sessionId: fc.string(), username: fc.string(), database: fc.string(), password: fc.string({ minLength: 4 }) }),
      async (given) => {
        const tokens = tokensOf([key('a')])
        const token = await tokens.seal(given, noon, 60)
        expect(await tokens.open(token, noon)).toEqual(given)
        expect(token.split('.').map((part) => Buffer.from(part, 'base64url').toString())).not.toContainEqual(expect.stringContaining(given.password))
      },
    ),
    { numRuns: 50 },
  ))

test('a token expires at its second', async () => {
  const tokens = tokensOf([key('a')])
  const token = await tokens.seal(claims, noon, 60)
  expect(await tokens.open(token, later(59))).toEqual(claims)
  expect(await tokens.open(token, later(60))).toBe('expired')
  // also when it has just been opened
  expect(await tokens.open(token, later(59.9))).toEqual(claims)
  expect(await tokens.open(token, later(60))).toBe('expired')
})

test('after a rotation old tokens are opened and new ones are sealed with the new key', async () => {
  const [old, fresh] = [key('old'), key('new')]
  const token = await tokensOf([old]).seal(claims, noon, 60)
  const rotated = tokensOf([fresh, old])
  expect(await rotated.open(token, noon)).toEqual(claims)
  expect(await tokensOf([old]).open(await rotated.seal(claims, noon, 60), noon)).toBe('invalid')
})

/** The last character of each part carries bits that decoding ignores: two texts may be one token. */
const bytesOf = (token: string): string =>
  token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('hex'))
    .join('.')

test('a token of another key of the same name, and one with any character changed, are invalid', async () => {
  const tokens = tokensOf([key('a')])
  const token = await tokens.seal(claims, noon, 60)
  expect(await tokensOf([key('a')]).open(token, noon)).toBe('invalid')
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.'), async (at, letter) => {
      const changed = token.slice(0, at) + letter + token.slice(at + 1)
      const opened = await tokens.open(changed, noon)
      expect(opened === 'invalid' || bytesOf(changed) === bytesOf(token)).toBe(true)
    }),
  )
})

test('whatever text is sent as a token is invalid, and never an exception', () =>
  fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      expect(await tokensOf([key('a')]).open(text, noon)).toBe('invalid')
    }),
  ))
