import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { KeyPair } from '../../../operator/deps.ts'
import { pki as pkiOf } from '../../../operator/pki/x509.ts'
import { certify } from '../../support/responding-authority.ts'

const pki = pkiOf({ bytes: (count) => randomBytes(count), number: () => 0.5 })
const aMinuteAgo = () => new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000)

/** A handshake on loopback: the protocol when the client trusts the server, otherwise the error's code. */
const handshake = (server: KeyPair, client: { ca: string; servername?: string; host?: string; own?: KeyPair }): Promise<string> =>
  new Promise((resolve, reject) => {
    const listener = createServer({
      cert: server.certificate,
      key: server.key,
      ca: client.ca,
      requestCert: client.own !== undefined,
      rejectUnauthorized: client.own !== undefined,
    })
    listener.on('tlsClientError', () => undefined)
    listener.on('secureConnection', (socket) => socket.end('hello'))
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as AddressInfo
      const { own, ca, servername } = client
      const socket = connect({
        port,
        host: '127.0.0.1',
        ca,
        ...(servername !== undefined && { servername }),
        ...(own && { cert: own.certificate, key: own.key }),
      })
      const finish = (answer: string) => {
        socket.destroy()
        listener.close((error) => (error ? reject(error) : resolve(answer)))
      }
      socket.once('data', () => finish(socket.getProtocol() ?? 'none'))
      socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code === 'UNSPECIFIED' ? error.message : (error.code ?? error.message)))
    })
  })

describe('certificates of the own CA', () => {
  test('what a certificate says of its OCSP responder is the port to be let out to', async () => {
    const portOf = async (responder?: string) =>
      pki.inspect((await certify({ name: 'finia.example.com', ...(responder && { responder }) })).certificate).responderPort
    expect(await portOf('http://ocsp.example.com/a/b')).toBe(80)
    expect(await portOf('http://ocsp.example.com:8888')).toBe(8888)
    expect(await portOf('https://ocsp.example.com')).toBeUndefined()
    expect(await portOf()).toBeUndefined()
  })

  test('a client that trusts the CA accepts the server by each of its names and by its address, and by no other name', async () => {
    const ca = await pki.createCa('FiniA finance/home', aMinuteAgo(), 10)
    const server = await pki.issue(ca, ['db.finance.svc', '*.db-hl.finance.svc', '127.0.0.1'], aMinuteAgo(), 5)
    expect(await handshake(server, { ca: ca.certificate, servername: 'db.finance.svc' })).toBe('TLSv1.3')
    expect(await handshake(server, { ca: ca.certificate, servername: 'home-db-0.db-hl.finance.svc' })).toBe('TLSv1.3')
    expect(await handshake(server, { ca: ca.certificate })).toBe('TLSv1.3')
    expect(await handshake(server, { ca: ca.certificate, servername: 'other.finance.svc' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  test('a client that trusts another CA of the same name refuses the server', async () => {
    const ca = await pki.createCa('FiniA finance/home', aMinuteAgo(), 10)
    const other = await pki.createCa('FiniA finance/home', aMinuteAgo(), 10)
    const server = await pki.issue(ca, ['db'], aMinuteAgo(), 5)
    expect(await handshake(server, { ca: other.certificate, servername: 'db' })).toMatch(
      /^(CERT_SIGNATURE_FAILURE|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/,
    )
    const { issuedBy } = pki.inspect(server.certificate)
    expect([await issuedBy(ca.certificate), await issuedBy(other.certificate)]).toEqual([true, false])
  })

  test('an expired certificate is refused, and a leaf may not sign', async () => {
    const ca = await pki.createCa('CA', new Date(Date.now() - 20 * 86_400_000), 30)
    const expired = await pki.issue(ca, ['db'], new Date(Date.now() - 10 * 86_400_000), 5)
    expect(await handshake(expired, { ca: ca.certificate, servername: 'db' })).toBe('CERT_HAS_EXPIRED')
    const leaf = await pki.issue(ca, ['db'], aMinuteAgo(), 5)
    const forged = await pki.issue(leaf, ['bank.example'], aMinuteAgo(), 5)
    const chain = { certificate: `${forged.certificate}\n${leaf.certificate}`, key: forged.key }
    expect(await handshake(chain, { ca: ca.certificate, servername: 'bank.example' })).toMatch(/INVALID_CA|key usage does not include certificate signing/)
  })

  test('a client proves itself by a certificate of the CA as well', async () => {
    const ca = await pki.createCa('CA', aMinuteAgo(), 10)
    const [server, client] = [await pki.issue(ca, ['db'], aMinuteAgo(), 5), await pki.issue(ca, ['api'], aMinuteAgo(), 5)]
    expect(await handshake(server, { ca: ca.certificate, servername: 'db', own: client })).toBe('TLSv1.3')
  })

  test('a certificate says its names and times, and ends no later than its CA', async () => {
    const notBefore = aMinuteAgo()
    const ca = await pki.createCa('CA', notBefore, 10)
    const { names, ...times } = pki.inspect((await pki.issue(ca, ['finia.example.com', '::1', '10.0.0.7'], notBefore, 90)).certificate)
    expect(names).toEqual(['finia.example.com', '::1', '10.0.0.7'])
    expect(times).toMatchObject({ notBefore, notAfter: new Date(notBefore.getTime() + 10 * 86_400_000) })
  })

  test('a host name longer than a common name may be is served all the same', async () => {
    const ca = await pki.createCa('CA', aMinuteAgo(), 10)
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`
    expect(await handshake(await pki.issue(ca, [long], aMinuteAgo(), 5), { ca: ca.certificate, servername: long })).toBe('TLSv1.3')
  })
})
