import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { mysql } from '../../../operator/mysql/client.ts'
import type { MysqlError } from '../../../operator/mysql/errors.ts'
import { pki as pkiOf } from '../../../operator/pki/x509.ts'
import { aGreetingServer } from '../../support/greeting-server.ts'

const pki = pkiOf({ bytes: (count) => randomBytes(count), number: () => 0.5 })
const yesterday = () => new Date(Date.now() - 86_400_000)

const attempt = (host: string, port: number, ca: string): Promise<MysqlError> =>
  mysql
    .use({ host, port, user: 'someone', password: randomBytes(8).toString('hex'), tls: { mode: 'VerifyIdentity', ca } }, () => Promise.resolve())
    .then(
      () => {
        throw new Error('it connected')
      },
      (error: unknown) => error as MysqlError,
    )

test('a server named by its address must prove that address: a certificate for localhost does not do, and no login is sent', async () => {
  const ca = await pki.createCa('CA', yesterday(), 10)
  const server = await aGreetingServer(await pki.issue(ca, ['localhost'], yesterday(), 10))
  const refused = await attempt('127.0.0.1', server.port, ca.certificate)
  expect([refused.kind, server.logins.length]).toEqual(['UntrustedCertificate', 0])
  // By the name that the certificate has, the login is sent: what was missing above was the name, not the connection.
  expect((await attempt('localhost', server.port, ca.certificate)).kind).toBe('Unreachable')
  expect(server.logins).toHaveLength(1)
  await server.close()
})

test('a server without TLS gets no login when TLS is asked for', async () => {
  const server = await aGreetingServer()
  const refused = await attempt('127.0.0.1', server.port, 'none')
  expect([refused.kind, server.logins.length]).toEqual(['Refused', 0])
  expect(refused.message).toContain('offers no TLS, which mode VerifyIdentity asks for: set up TLS on the server, or set spec.database.tls.mode to Disabled')
  await server.close()
})
