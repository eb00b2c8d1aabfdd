// A certificate as most that are bought: with an RSA key, for which an edge has other ciphers. The operator itself makes none.
import 'reflect-metadata' // the library's dependency injection does not load without it
import { webcrypto } from 'node:crypto'
import { PemConverter, SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509'
import type { KeyPair } from '../../operator/deps.ts'
import { hosts } from './shop.ts'

const elliptic = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
const day = 86_400_000

/** For the edge, signed by an authority of `pki`, from yesterday for three months. */
export const certifiedRsa = async (ca: KeyPair): Promise<KeyPair> => {
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${hosts.managed}`,
      issuer: new X509Certificate(ca.certificate).subjectName,
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 89 * day),
      publicKey,
      signingKey: await webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(ca.key), elliptic, false, ['sign']),
      signingAlgorithm: elliptic,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: hosts.managed }])],
    },
    webcrypto,
  )
  return { certificate: certificate.toString('pem'), key: PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY') }
}
