import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { maySetUp } from '../../../api/setup/token.ts'

const token = randomBytes(16).toString('hex')
const shown = { 'x-setup-token': token }
const local = { token, allowLocalhost: true }
const strict = { token, allowLocalhost: false }

test.each([
  ['without a token anybody may', { token: '', allowLocalhost: false }, {}, '10.0.0.9', true],
  ['whoever shows the token may', strict, shown, '10.0.0.9', true],
  ['a stranger without the token may not', strict, {}, '10.0.0.9', false],
  ['another token is none', strict, { 'x-setup-token': `${token}x` }, '10.0.0.9', false],
  ['an empty token is none', strict, { 'x-setup-token': '' }, '10.0.0.9', false],
  ['this machine may when it is allowed', local, {}, '127.0.0.1', true],
  ['so may its other address', local, {}, '::1', true],
  ['it may not when it is not allowed', strict, {}, '127.0.0.1', false],
  ['its neighbours may not', local, {}, '127.0.0.2', false],
  ['what a proxy on it passes on is not its own', local, { 'x-forwarded-for': '10.0.0.9' }, '127.0.0.1', false],
  ['a proxy’s client may with the token', local, { ...shown, 'x-real-ip': '10.0.0.9' }, '127.0.0.1', true],
])('%s', (_title, setup, headers, peer, expected) => {
  expect(maySetUp(setup, headers, peer)).toBe(expected)
})
