import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judge } from '../../../operator/edge-agent/certificate.ts'
import { issuersAmong, staplingText } from '../../../operator/edge-agent/stapling.ts'
import { responderOf } from '../../../operator/pki/responder.ts'
import { certify } from '../../support/responding-authority.ts'

const host = 'finia.example.com'
const root = await certify({ name: 'root', isAuthority: true })
const between = await certify({ name: 'between', isAuthority: true, by: root })
const other = await certify({ name: 'other', isAuthority: true })
const leaf = await certify({ name: host, by: between })
const [a, b, c, z] = [leaf, between, root, other].map(({ certificate }) => certificate) as [string, string, string, string]

test.each<[string, string, string | undefined, readonly string[], readonly string[]]>([
  ['those of the chain and of ca.crt are believed, each once', `${a}${b}`, `${b}${c}`, [], [b, c]],
  ['a root that the system believes closes a chain that lacks it', `${a}${b}`, undefined, [z, c], [b, c]],
  ['one that is issued by a root of the system needs nothing else', b, undefined, [z, c], [c]],
  ['what is no certificate is left out', `${a}${b}`, `words ${c}-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n`, [], [b, c]],
  ['without the issuer nobody can be believed', a, c, [z], []],
  ['what is no certificate at all has no issuers', 'words', c, [c], []],
])('%s', (_title, chain, authority, roots, expected) => {
  const issuers = issuersAmong(roots)(chain, authority)
  expect(issuers.split(/(?<=-----END CERTIFICATE-----\n)/).filter((text) => text !== '')).toEqual(expected)
})

const told = async (resolvers: readonly string[], issuers = b, responder = 'http://ocsp.example.com:8888/ca') =>
  staplingText({ chain: (await certify({ name: host, by: between, responder })).certificate, issuers, resolvers })

test('nginx is told of name servers as it writes them, and of none that it would refuse', async () => {
  const servers = async (resolvers: readonly string[]) => /^ *resolver (.*) valid=300s;$/m.exec(await told(resolvers))?.[1]
  expect(await servers(['10.96.0.10'])).toBe('10.96.0.10')
  expect(await servers(['fd00::a', '10.96.0.10:5353', '[fd00::a]:5353'])).toBe('[fd00::a] 10.96.0.10:5353 [fd00::a]:5353')
  expect(await servers(['fe80::1%eth0', '10.96.0.10'])).toBe('10.96.0.10')
})

test('nothing is stapled without somebody to believe, or without a name server', async () => {
  expect(await Promise.all([told(['10.96.0.10'], ''), told([]), told(['fe80::1%eth0'])])).toEqual(['', '', ''])
})

test('nginx passes its question on to where the certificate says', async () => {
  const text = await told(['10.96.0.10'])
  for (const line of ['ssl_stapling_responder http://127.0.0.1:8083/ca;', '  listen 127.0.0.1:8083;', '  set $responder ocsp.example.com:8888;'])
    expect(text.split('\n')).toContain(line)
})

test('whatever a certificate says of its responder, it becomes an address or nothing', () => {
  const spite = fc.string({ unit: fc.constantFrom(...' ;{}$\'"\\\n\t#?@:/%[]a1.é'.split('')), maxLength: 5 })
  let taken = 0
  fc.assert(
    fc.property(spite, spite, (name, path) => {
      const responder = responderOf(`CA Issuers - URI:http://a\nOCSP - URI:http://a${name}/${path}`)
      if (!responder) return
      taken++
      expect(responder.host).toMatch(/^[^\s;{}$'"\\#?/@]+$/)
      expect(responder.pathname).toMatch(/^\/[^\s;{}$'"\\#?]*$/)
    }),
    { numRuns: 2_000 },
  )
  expect(taken).toBeGreaterThan(0)
})

test('only a responder that nginx can ask counts: the first, and by http', async () => {
  const hasResponder = async (responder?: string) =>
    judge(await certify({ name: host, by: between, ...(responder && { responder }) }), host, new Date()).hasResponder
  expect(await hasResponder('http://ocsp.example.com')).toBe(true)
  expect(await hasResponder('https://ocsp.example.com')).toBe(false)
  expect(await hasResponder('http://[nonsense')).toBe(false)
  expect(await hasResponder('http://ocsp.example.com/?a')).toBe(false)
  expect(await hasResponder('http://me@ocsp.example.com')).toBe(false)
  expect(await hasResponder()).toBe(false)
})
