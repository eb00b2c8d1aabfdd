// What the fuzzer does to a request that fits.
import fc from 'fast-check'
import { nasty, nastyNumber, nastyText, text } from './values.ts'

/** What is done to a request; `at` from 0 to 1 says where. */
export type Harm =
  | { readonly kind: 'drop'; readonly at: number }
  | { readonly kind: 'replace'; readonly at: number; readonly by: unknown }
  /** Of the same type as before, so that it gets further. */
  | { readonly kind: 'stretch'; readonly at: number; readonly text: string; readonly number: number }
  | { readonly kind: 'path'; readonly by: string }
  | { readonly kind: 'query'; readonly by: string }
  | { readonly kind: 'repeat'; readonly at: number; readonly by: unknown }
  | { readonly kind: 'extra'; readonly key: string; readonly by: unknown }
  | { readonly kind: 'header'; readonly key: string; readonly by: string }
  | { readonly kind: 'type'; readonly by: string }
  | { readonly kind: 'bytes'; readonly by: string }
  | { readonly kind: 'numbers'; readonly by: string }
  | { readonly kind: 'cut'; readonly at: number }

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
]
const oddTypes = ['', 'nonsense', 'application/json; charset=latin-1', 'APPLICATION/JSON', 'application/json, text/plain', 'multipart/form-data; boundary=']
const headers = ['authorization', 'cookie', 'origin', 'x-request-id', 'x-forwarded-for', 'x-real-ip', 'accept', 'accept-encoding', 'if-none-match']
const oddHeaders = [
  '',
  'Bearer',
  'Bearer ',
  'bearer x',
  'Bearer a.b.c.d.e',
  'auth_token=x',
  'auth_token=',
  'null',
  'http://elsewhere.example',
  '::1',
  'br;q=2, *',
]
const oddBytes = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '1',
  '{"a":',
  '{"__proto__":{"a":1}}',
  '\0',
  '[[[[[[',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  '--x\r\n',
  'a=b&a=c',
  '%zz=%',
]

export const harm: fc.Arbitrary<Harm> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const), at }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('replace' as const), at, by: nasty }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('stretch' as const), at, text: nastyText, number: nastyNumber }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('path' as const), by: fc.oneof(nasty.map(text), fc.constantFrom('%', '%zz', '%00', '%2F', '..', '.', '%C3')) }),
  },
  fc.record({
    kind: fc.constant('query' as const),
    by: fc.constantFrom('page=%zz', '&&&', '=', '?', 'page=1&page=2', 'page[]=1', 'page[a]=1', 'a=b#c', '__proto__=1', '%'),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at, by: nasty }),
  fc.record({ kind: fc.constant('extra' as const), key: fc.constantFrom('x', '__proto__', 'constructor', 'toString', 'id', 'file'), by: nasty }),
  fc.record({
    kind: fc.constant('header' as const),
    key: fc.constantFrom(...headers),
    by: fc.oneof(fc.constantFrom(...oddHeaders), fc.string({ maxLength: 60 })),
  }),
  fc.record({ kind: fc.constant('type' as const), by: fc.constantFrom(...types, ...oddTypes) }),
  fc.record({ kind: fc.constant('bytes' as const), by: fc.oneof(fc.constantFrom(...oddBytes), fc.string({ unit: 'binary' }), fc.json()) }),
  fc.record({ kind: fc.constant('numbers' as const), by: fc.constantFrom('1e400', '-1e400', '9'.repeat(50), '1.5', '-1', '0', '00') }),
  fc.record({ kind: fc.constant('cut' as const), at }),
)
