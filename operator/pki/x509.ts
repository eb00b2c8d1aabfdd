// The port Pki on @peculiar/x509 and the platform's own cryptography. ECDSA P-256 throughout.
import 'reflect-metadata' // the library's dependency injection does not load without it
import { createPrivateKey, X509Certificate as PlatformCertificate, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { CertificateFacts, KeyPair, Pki, Random } from '../deps.ts'
import { responderOf } from './responder.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMilliseconds = 86_400_000

const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const exportKey = async (key: webcrypto.CryptoKey): Promise<string> => PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')

const importKey = (pem: string): Promise<webcrypto.CryptoKey> => webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, false, ['sign'])

/** 128 bits, positive and never zero (RFC 5280 4.1.2.2). */
const serialNumber = (random: Random): string => {
  const bytes = Buffer.from(random.bytes(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

const lifetime = (notBefore: Date, days: number) => ({ notBefore, notAfter: new Date(notBefore.getTime() + days * dayMilliseconds) })

const keyUsage = (usages: number) => new KeyUsagesExtension(usages, true)

const generalName = (name: string) => (isIP(name) === 0 ? ({ type: 'dns', value: name } as const) : ({ type: 'ip', value: name } as const))

/** The longest common name (RFC 5280, ub-common-name); a host name may be longer. */
const longestCommonName = 64

/** Clients read the alternative names; the subject is for people, and left empty where the name does not fit. The names are critical then (RFC 5280 4.2.1.6). */
function identity(names: readonly string[]) {
  const subject = names.find((name) => name.length <= longestCommonName)
  const alternativeNames = new SubjectAlternativeNameExtension(names.map(generalName), subject === undefined)
  return { subject: subject === undefined ? [] : [{ CN: [subject] }], alternativeNames }
}

async function createCa(random: Random, commonName: string, notBefore: Date, days: number): Promise<KeyPair> {
  const keys = await makeKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(random),
      name: [{ CN: [commonName] }],
      ...lifetime(notBefore, days),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) }
}

async function issue(random: Random, ca: KeyPair, names: readonly string[], notBefore: Date, days: number): Promise<KeyPair> {
  const issuer = new X509Certificate(ca.certificate)
  const keys = await makeKeys()
  const wanted = lifetime(notBefore, days)
  const { subject, alternativeNames } = identity(names)
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(random),
      subject,
      issuer: issuer.subjectName,
      notBefore: wanted.notBefore,
      // A certificate that outlives its CA would be refused from that day on, and nobody would know why.
      notAfter: wanted.notAfter < issuer.notAfter ? wanted.notAfter : issuer.notAfter,
      publicKey: keys.publicKey,
      signingKey: await importKey(ca.key),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        keyUsage(KeyUsageFlags.digitalSignature),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        alternativeNames,
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) }
}

const fits = (certificate: PlatformCertificate, key: string) => {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key)) ? 'Fits' : 'Differs'
  } catch {
    return 'Unreadable'
  }
}

function inspect(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem)
  const platform = new PlatformCertificate(pem)
  const responder = responderOf(platform.infoAccess)
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? []
  return {
    names,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    fingerprint: platform.fingerprint256,
    ...(responder && { responderPort: Number(responder.port || 80) }),
    fits: (key) => fits(platform, key),
    issuedBy: async (ca: string) => {
      const issuer = new X509Certificate(ca)
      return issuer.subject === certificate.issuer && (await certificate.verify({ publicKey: issuer.publicKey, signatureOnly: true }, webcrypto))
    },
  }
}

export const pki = (random: Random): Pki => ({
  createCa: (commonName, notBefore, days) => createCa(random, commonName, notBefore, days),
  issue: (ca, names, notBefore, days) => issue(random, ca, names, notBefore, days),
  inspect,
})
