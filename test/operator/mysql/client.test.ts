import { randomBytes } from 'node:crypto'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import type { KeyPair } from '../../../operator/deps.ts'
import { mysql } from '../../../operator/mysql/client.ts'
import type { MysqlError } from '../../../operator/mysql/errors.ts'
import { pki as pkiOf } from '../../../operator/pki/x509.ts'

const pki = pkiOf({ bytes: (count) => randomBytes(count), number: () => 0.5 })
const yesterday = () => new Date(Date.now() - 86_400_000)

const offersTls = 0x0800
const sslRequestLength = 36

/** The first packet of a MySQL server (protocol 10). */
function greeting(tls: boolean): Buffer {
  const capabilities = 0x0008_8201 | (tls ? offersTls : 0)
  const numbers = (...parts: [number, number][]) =>
    Buffer.concat(parts.map(([value, size]) => Buffer.from(Array.from({ length: size }, (_, at) => (value >>> (8 * at)) & 0xff))))
  const payload = Buffer.concat([
    Buffer.from('\n10.11.0-MariaDB\0', 'latin1'),
    numbers([1, 4]),
    Buffer.from('abcdefgh\0', 'latin1'),
    numbers([capabilities & 0xffff, 2], [45, 1], [2, 2], [capabilities >>> 16, 2], [21, 1]),
    Buffer.alloc(10),
    Buffer.from('ijklmnopqrst\0mysql_native_password\0', 'latin1'),
  ])
  return Buffer.concat([numbers([payload.length, 3], [0, 1]), payload])
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Speaks just far enough to see whether a client goes on to send its login; with a certificate TLS follows the client's wish for it. */
async function aServer(pair?: KeyPair) {
  const logins: Buffer[] = []
  const seeLogin = (socket: Socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data: Buffer) => {
      logins.push(data)
      socket.destroy()
    })
  }
  const inner = createTlsServer({ ...(pair && { cert: pair.certificate, key: pair.key }) }, seeLogin)
  inner.on('tlsClientError', () => undefined)
  const innerPort = await listen(inner)
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write(greeting(pair !== undefined))
    if (!pair) return seeLogin(socket)
    socket.once('data', (first: Buffer) => {
      const through = connect(innerPort, '127.0.0.1')
      through.on('error', () => undefined)
      through.on('close', () => socket.destroy())
      socket.on('close', () => through.destroy())
      through.write(first.subarray(sslRequestLength))
      socket.pipe(through).pipe(socket)
    })
  })
  const port = await listen(server)
  const close = () => Promise.all([server, inner].map((one) => new Promise((resolve) => one.close(resolve))))
  return { logins, port, close }
}

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
  const server = await aServer(await pki.issue(ca, ['localhost'], yesterday(), 10))
  const refused = await attempt('127.0.0.1', server.port, ca.certificate)
  expect([refused.kind, server.logins.length]).toEqual(['UntrustedCertificate', 0])
  // By the name that the certificate has, the login is sent: what was missing above was the name, not the connection.
  expect((await attempt('localhost', server.port, ca.certificate)).kind).toBe('Unreachable')
  expect(server.logins).toHaveLength(1)
  await server.close()
})

test('a server without TLS gets no login when TLS is asked for', async () => {
  const server = await aServer()
  const refused = await attempt('127.0.0.1', server.port, 'none')
  expect([refused.kind, server.logins.length]).toEqual(['Refused', 0])
  expect(refused.message).toContain('offers no TLS, which mode VerifyIdentity asks for: set up TLS on the server, or set spec.database.tls.mode to Disabled')
  await server.close()
})
