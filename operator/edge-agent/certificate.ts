// Whether nginx should be given a certificate, and what is wrong with it.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { responderOf } from '../pki/responder.ts'

/** A certificate chain and its key, PEM, as the Secret has them. */
export interface Pair {
  readonly certificate: string
  readonly key: string
}

export interface Judged {
  /** Whether nginx can serve it at all. */
  readonly usable: boolean
  /** What a person must change; absent = it is good. */
  readonly problem?: string
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** SHA-256 of the first certificate (hex with colons), to compare with what a client sees. */
  readonly fingerprint?: string
  /** Whether its issuer runs an OCSP responder (RFC 6960) that nginx can ask. */
  readonly hasResponder: boolean
  /** Whether the agent made it itself, because there was none. */
  readonly standIn: boolean
}

/** Who signs what the agent makes itself: people who meet it should read what is missing. */
export const standInAuthority = 'FiniA edge without a certificate yet'

const unusable = (problem: string): Judged => ({ usable: false, problem, hasResponder: false, standIn: false })

const parse = ({ certificate, key }: Pair) => {
  try {
    return { leaf: new X509Certificate(certificate), privateKey: createPrivateKey(key) }
  } catch {
    return undefined
  }
}

/** Browsers look at the alternative names only (RFC 9525, 2). */
const isMadeFor = (leaf: X509Certificate, host: string): boolean =>
  (isIP(host) === 0 ? leaf.checkHost(host, { subject: 'never' }) : leaf.checkIP(host)) !== undefined

/** `host` is the name that clients ask for. */
export const judge = (pair: Pair | undefined, host: string, now: Date): Judged => {
  if (!pair) return unusable('the Secret with the certificate has no tls.crt or no tls.key: put both in')
  const parsed = parse(pair)
  if (!parsed) return unusable('tls.crt or tls.key of the Secret is not readable PEM: put a certificate chain and its unencrypted key in')
  const { leaf, privateKey } = parsed
  if (!leaf.checkPrivateKey(privateKey)) return unusable('tls.key is not the key of the first certificate in tls.crt: put the matching pair in')
  const facts = {
    usable: true,
    notBefore: leaf.validFromDate,
    notAfter: leaf.validToDate,
    fingerprint: leaf.fingerprint256,
    hasResponder: responderOf(leaf.infoAccess) !== undefined,
    standIn: leaf.issuer === `CN=${standInAuthority}`,
  }
  if (leaf.validToDate <= now) return { ...facts, problem: `the certificate expired at ${leaf.validToDate.toISOString()}: put a newer one in` }
  if (leaf.validFromDate > now)
    return { ...facts, problem: `the certificate is not valid before ${leaf.validFromDate.toISOString()}: put one in that is valid now` }
  if (!isMadeFor(leaf, host)) return { ...facts, problem: `the certificate is not made for ${host}: put one in whose names cover it` }
  return facts
}

/** The one to serve: a faultless new one, else what is served already, else whatever nginx can start with. */
export const choose = <T extends { readonly judged: Judged }>(mounted: T, served: T | undefined): T | undefined => {
  if (!mounted.judged.problem) return mounted
  if (served?.judged.usable) return served
  return mounted.judged.usable ? mounted : undefined
}
