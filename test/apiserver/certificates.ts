// A throw-away CA for the tests' own API server, with one certificate for the servers and one for an administrator.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000

export interface Pem {
  readonly certificate: string
  readonly key: string
}

export interface Certificates {
  readonly ca: string
  readonly server: Pem
  readonly admin: Pem
  /** Signs the tokens of service accounts. */
  readonly serviceAccounts: Pem
}

const keys = async () => (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair

const pem = (label: string, der: ArrayBuffer) => x509.PemConverter.encode(der, label)

const keyPem = async (key: webcrypto.CryptoKey) => pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key))

export const createCertificates = async (): Promise<Certificates> => {
  x509.cryptoProvider.set(webcrypto)
  const now = Date.now()
  const validity = { notBefore: new Date(now - day), notAfter: new Date(now + 2 * day), signingAlgorithm: algorithm }
  const caKeys = await keys()
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    keys: caKeys,
    name: 'CN=tests',
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  })
  const issue = async (subject: string, extensions: x509.Extension[]): Promise<Pem> => {
    const own = await keys()
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      subject,
      issuer: ca.subject,
      publicKey: own.publicKey,
      signingKey: caKeys.privateKey,
      extensions,
    })
    return { certificate: certificate.toString('pem'), key: await keyPem(own.privateKey) }
  }
  const accountKeys = await keys()
  return {
    ca: ca.toString('pem'),
    server: await issue('CN=kube-apiserver', [
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ]),
    admin: await issue('CN=certified-admin,O=system:masters', [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]),
    serviceAccounts: {
      certificate: pem('PUBLIC KEY', await webcrypto.subtle.exportKey('spki', accountKeys.publicKey)),
      key: await keyPem(accountKeys.privateKey),
    },
  }
}
