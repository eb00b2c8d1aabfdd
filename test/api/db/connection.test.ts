import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { connect } from '../../../api/db/connection.ts'
import type { DatabaseError } from '../../../api/db/errors.ts'
import { pki as pkiOf } from '../../../operator/pki/x509.ts'
import { aGreetingServer } from '../../support/greeting-server.ts'

const pki = pkiOf({ bytes: (count) => randomBytes(count), number: () => 0.5 })
const yesterday = () => new Date(Date.now() - 86_400_000)
const times = { netReadTimeout: 120, netWriteTimeout: 120, maxExecutionTime: 120_000 }
const login = { username: 'someone', password: randomBytes(8).toString('hex'), database: 'finiaDB_someone' }

type Tls = 'VerifyCA' | 'VerifyIdentity'

/** Whether a login is sent to a server at `host` whose certificate is for `names`; the server then hangs up. */
const isLoginSent = async (names: readonly string[], host: string, tls: Tls = 'VerifyIdentity'): Promise<boolean> => {
  const ca = await pki.createCa('CA', yesterday(), 10)
  const server = await aGreetingServer(await pki.issue(ca, names, yesterday(), 10))
  const error: DatabaseError = await connect({ host, port: server.port, tls, ca: ca.certificate, ...times }, login).then(
    () => Promise.reject(new Error('it connected')),
    (thrown: DatabaseError) => thrown,
  )
  expect([error.fault, error.errno]).toEqual(['unavailable', 0])
  await server.close()
  return server.logins.length > 0
}

test.each([
  ['the name that it was asked by', ['localhost'], 'localhost', true],
  ['another name', ['finia.example.com'], 'localhost', false],
  ['the address that it was asked by', ['127.0.0.1'], '127.0.0.1', true],
  ['another address', ['127.0.0.2'], '127.0.0.1', false],
  ['localhost, asked by its address', ['localhost'], '127.0.0.1', false],
] as const)('with VerifyIdentity a server whose certificate is for %s is sent a login only when it is the right one', async (_what, names, host, sent) => {
  expect(await isLoginSent(names, host)).toBe(sent)
})

test('with VerifyCA the name does not matter', async () => {
  expect(await isLoginSent(['finia.example.com'], 'localhost', 'VerifyCA')).toBe(true)
})

test('a server without TLS is sent no login when TLS is asked for', async () => {
  const server = await aGreetingServer()
  await expect(connect({ host: '127.0.0.1', port: server.port, tls: 'Required', ca: undefined, ...times }, login)).rejects.toMatchObject({
    fault: 'unavailable',
  })
  expect(server.logins).toEqual([])
  await server.close()
})
