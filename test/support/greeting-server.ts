// As much of a database server as shows whether a client would send its login to it.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { KeyPair } from '../../operator/deps.ts'

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
export async function aGreetingServer(pair?: KeyPair) {
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
