import { expect, test } from 'vitest'
import { judge } from '../../../operator/edge-agent/certificate.ts'
import { pki } from '../../../operator/pki/x509.ts'
import { systemRandom } from '../../../operator/runtime/system-random.ts'

const now = new Date('2026-06-01T00:00:00Z')
const yesterday = new Date(now.getTime() - 86_400_000)
const authority = pki(systemRandom)
const ca = await authority.createCa('finia.example.com', yesterday, 100)
const problemWith = async (names: readonly string[], host: string) => judge(await authority.issue(ca, names, yesterday, 90), host, now).problem

test('a certificate is made for a host by its alternative names, wildcards included, or by the address', async () => {
  expect(await problemWith(['finia.example.com'], 'finia.example.com')).toBeUndefined()
  expect(await problemWith(['*.example.com'], 'finia.example.com')).toBeUndefined()
  expect(await problemWith(['192.0.2.7'], '192.0.2.7')).toBeUndefined()
  expect(await problemWith(['*.example.com'], 'a.finia.example.com')).toContain('is not made for')
  expect(await problemWith(['192.0.2.7'], '192.0.2.8')).toContain('is not made for')
})

test('a common name alone is none that browsers look at', () => {
  expect(judge(ca, 'finia.example.com', now).problem).toContain('is not made for')
})
