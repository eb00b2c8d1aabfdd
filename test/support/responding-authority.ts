// An authority whose certificates name an OCSP responder (RFC 6960): one on loopback, whose answers openssl signs.
import 'reflect-metadata' // the library does not load without it
import { webcrypto } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { KeyPair } from '../../operator/deps.ts'
import { run } from '../kind/command.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000
const signsOcsp = '1.3.6.1.5.5.7.3.9'

let serial = 0x100

interface Wanted {
  readonly name: string
  /** Absent: it signs itself. */
  readonly by?: KeyPair
  readonly isAuthority?: boolean
  readonly responder?: string
  readonly answersForIt?: boolean
  /** The day that it is valid on, and for a month after it; absent = today. */
  readonly on?: Date
}

export const certify = async ({ name, by, isAuthority = false, responder, answersForIt = false, on = new Date() }: Wanted): Promise<KeyPair> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const issuer = by && new X509Certificate(by.certificate)
  const signingKey = by ? await webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(by.key), algorithm, false, ['sign']) : keys.privateKey
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: (serial++).toString(16).padStart(4, '0'),
      subject: `CN=${name}`,
      issuer: issuer?.subject ?? `CN=${name}`,
      notBefore: new Date(on.getTime() - day),
      notAfter: new Date(on.getTime() + 30 * day),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(isAuthority, undefined, true),
        new KeyUsagesExtension(isAuthority ? KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature : KeyUsageFlags.digitalSignature, true),
        ...(isAuthority ? [] : [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])]),
        ...(responder ? [new AuthorityInfoAccessExtension({ ocsp: responder })] : []),
        ...(answersForIt ? [new ExtendedKeyUsageExtension([signsOcsp])] : []),
      ],
    },
    webcrypto,
  )
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
  }
}

/** openssl's list of what an authority has issued: all of it good. */
const indexLine = (pem: string): string => {
  const { serialNumber, notAfter, subject } = new X509Certificate(pem)
  const until = notAfter
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2)
  return `V\t${until}\t\t${serialNumber.toUpperCase()}\tunknown\t/${subject}\n`
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  // a stream without an encoding gives Buffers
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

export interface Responder {
  readonly port: number
  /** From now on `signer` answers for what `authority` has issued; `unsaid`: without its certificate, which whoever asks must know then. */
  answer(authority: string, signer: KeyPair, issued: readonly string[], unsaid?: 'unsaid'): Promise<void>
  /** How many questions it has answered since it was told what to answer. */
  readonly answered: number
  close(): Promise<void>
}

export const startResponder = async (): Promise<Responder> => {
  const folder = await mkdtemp(join(tmpdir(), 'finia-ocsp-'))
  let answered = 0
  let asked = 0
  let current = ''
  let extra: readonly string[] = []
  const sign = async (question: Buffer): Promise<Buffer> => {
    const at = join(folder, current)
    const [ask, reply] = [join(at, `${++asked}.req`), join(at, `${asked}.resp`)]
    await writeFile(ask, question)
    const files = ['-index', join(at, 'index.txt'), '-CA', join(at, 'ca.crt'), '-rsigner', join(at, 'signer.crt'), '-rkey', join(at, 'signer.key')]
    await run('openssl', ['ocsp', ...files, ...extra, '-ndays', '1', '-reqin', ask, '-respout', reply])
    return readFile(reply)
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url?.slice(1) ?? '')
    bodyOf(request)
      .then((body) => sign(request.method === 'GET' ? Buffer.from(path, 'base64') : body))
      .then(
        (reply) => {
          response.setHeader('content-type', 'application/ocsp-response').end(reply, () => answered++)
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get answered() {
      return answered
    },
    answer: async (authority, signer, issued, unsaid) => {
      const next = `${Number(current || 0) + 1}`
      await mkdir(join(folder, next))
      const files = { 'ca.crt': authority, 'signer.crt': signer.certificate, 'signer.key': signer.key, 'index.txt': issued.map(indexLine).join('') }
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, next, name), text, { mode: 0o600 })
      current = next
      extra = unsaid ? ['-resp_no_certs'] : []
      answered = 0
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
