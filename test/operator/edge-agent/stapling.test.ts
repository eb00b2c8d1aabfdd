import { expect, test } from 'vitest'
import { judge } from '../../../operator/edge-agent/certificate.ts'
import { issuersAmong, staplingText } from '../../../operator/edge-agent/stapling.ts'
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

test('nginx is told of name servers as it writes them, and of none that it would refuse', () => {
  const servers = (resolvers: readonly string[]) => /^resolver (.*) valid=300s;$/m.exec(staplingText(b, resolvers))?.[1]
  expect(servers(['10.96.0.10'])).toBe('10.96.0.10')
  expect(servers(['fd00::a', '10.96.0.10:5353', '[fd00::a]:5353'])).toBe('[fd00::a] 10.96.0.10:5353 [fd00::a]:5353')
  expect(servers(['fe80::1%eth0', '10.96.0.10'])).toBe('10.96.0.10')
})

test('nothing is stapled without somebody to believe, or without a name server', () => {
  expect([staplingText('', ['10.96.0.10']), staplingText(b, []), staplingText(b, ['fe80::1%eth0'])]).toEqual(['', '', ''])
})

test('only a responder that nginx can ask counts: the first, and by http', async () => {
  const hasResponder = async (responder?: string) =>
    judge(await certify({ name: host, by: between, ...(responder && { responder }) }), host, new Date()).hasResponder
  expect(await hasResponder('http://ocsp.example.com')).toBe(true)
  expect(await hasResponder('https://ocsp.example.com')).toBe(false)
  expect(await hasResponder('http://[nonsense')).toBe(false)
  expect(await hasResponder()).toBe(false)
})
