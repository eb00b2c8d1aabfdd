// What nginx staples by (RFC 6066, 8): whose word about the certificate it believes, and whom it asks for the responder's address.
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { edgeFiles } from '../resources/edge-paths.ts'

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Without what else a person's file holds, for which nginx would refuse all of the configuration. */
const certificatesIn = (pem: string): readonly X509Certificate[] =>
  (pem.match(block) ?? []).flatMap((text) => {
    try {
      return [new X509Certificate(text)]
    } catch {
      return []
    }
  })

/** The certificates above that of the host, PEM; empty when its issuer is not among them, for then nobody can tell a good answer from a forged one. */
export type Issuers = (chain: string, authority: string | undefined) => string

/** `roots`: what the system believes, PEM. A bought chain ends below them. */
export const issuersAmong = (roots: readonly string[]): Issuers => {
  let known: readonly X509Certificate[] | undefined
  return (chain, authority = '') => {
    const [leaf, ...between] = certificatesIn(chain)
    if (!leaf) return ''
    known ??= certificatesIn(roots.join('\n'))
    const given = [...between, ...certificatesIn(authority)]
    const issuers = [...given, ...known.filter((root) => [leaf, ...given].some((below) => below.checkIssued(root)))]
    return issuers.some((issuer) => leaf.checkIssued(issuer)) ? [...new Set(issuers.map(String))].join('') : ''
  }
}

/** A name server as nginx writes it: an address, or one with a port. It knows no zones, and refuses what it does not know. */
const resolverText = (server: string): readonly string[] => {
  if (server.includes('%')) return []
  return [isIP(server) === 6 ? `[${server}]` : server]
}

/** nginx staples only what it could verify: a browser refuses a page over a forged answer, and the way to the responder is plain http. */
export const staplingText = (issuers: string, resolvers: readonly string[]): string => {
  const servers = resolvers.flatMap(resolverText)
  if (issuers === '' || servers.length === 0) return ''
  return [
    'ssl_stapling on;',
    'ssl_stapling_verify on;',
    `ssl_trusted_certificate ${edgeFiles.issuers};`,
    `resolver ${servers.join(' ')} valid=300s;`,
    'resolver_timeout 5s;',
    '',
  ].join('\n')
}
