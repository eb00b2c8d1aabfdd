import { expect, test } from 'vitest'
import { addressReader, isSameOrigin } from '../../../api/auth/client.ts'
import { tokenInCookies } from '../../../api/auth/cookie.ts'
import { databaseOf } from '../../../api/auth/username.ts'

const bare = { usernamePrefix: '', databasePrefix: 'finiaDB_' }
const prefixed = { usernamePrefix: 'finia_', databasePrefix: 'finiaDB_' }

test.each([
  ['alice', bare, { database: 'finiaDB_alice' }],
  ['finia_alice', prefixed, { database: 'finiaDB_alice' }],
  ['Jürgen_2', bare, { database: 'finiaDB_Jürgen_2' }],
  ['alice', prefixed, { problem: "Username must start with 'finia_'" }],
  ['finia_', prefixed, { problem: 'Username too short' }],
  ['', bare, { problem: 'Username too short' }],
  ['__', bare, { problem: 'Invalid characters in username' }],
  ['a-b', bare, { problem: 'Invalid characters in username' }],
  ['a`; DROP', bare, { problem: 'Invalid characters in username' }],
])('the database of %j is decided by its prefixes', (username, prefixes, expected) => {
  expect(databaseOf(username, prefixes)).toEqual(expected)
})

test.each([
  ['the edge with its key', { 'x-real-ip': '192.0.2.1', 'x-finia-edge-key': 'k' }, 'k', '192.0.2.1'],
  ['somebody with another key', { 'x-real-ip': '192.0.2.1', 'x-finia-edge-key': 'x' }, 'k', '10.0.0.1'],
  ['somebody without a key', { 'x-real-ip': '192.0.2.1' }, 'k', '10.0.0.1'],
  ['somebody when there is no edge', { 'x-real-ip': '192.0.2.1', 'x-finia-edge-key': '' }, undefined, '10.0.0.1'],
  ['the edge that tells no address', { 'x-real-ip': 'unknown', 'x-finia-edge-key': 'k' }, 'k', '10.0.0.1'],
])('%s tells the client’s address only when it is the edge', (_who, headers, key, expected) => {
  const addressOf = addressReader({ ...(key && { edgeKey: key }), api: { trustedProxies: [] } })
  expect(addressOf(headers, '::ffff:10.0.0.1')).toBe(expected)
})

test.each([
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'same-site', origin: 'https://a.example', host: 'a.example' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ origin: 'https://a.example:30443', host: 'a.example:30443' }, true],
  [{ origin: 'https://b.example', host: 'a.example' }, false],
  [{ origin: 'null', host: 'a.example' }, false],
  [{ host: 'a.example' }, false],
])('a request with %j is of our own page: %s', (headers, expected) => {
  expect(isSameOrigin(headers)).toBe(expected)
})

test.each([
  ['auth_token=a.b.c', 'a.b.c'],
  ['x=1; auth_token=a; y=2', 'a'],
  ['xauth_token=a', undefined],
  ['auth_token=', undefined],
  [undefined, undefined],
])('the cookie header %j carries the token %j', (header, token) => {
  expect(tokenInCookies(header)).toBe(token)
})
