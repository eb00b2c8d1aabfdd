// What nginx staples by (RFC 6066, 8): whose word about the certificate it believes, and whom it asks for the responder's address.
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { ports } from '../names.ts'
import { responderOf } from '../pki/responder.ts'
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

export interface Stapling {
  /** PEM, that of the host first. */
  readonly chain: string
  /** Whose word is believed, PEM; empty = nothing is stapled. */
  readonly issuers: string
  /** Name servers of the pod. */
  readonly resolvers: readonly string[]
}

/**
 * nginx staples only what it could verify: a browser refuses a page over a forged answer, and the way to the responder is plain http.
 * It would ask for the responder's address whenever it loads a configuration, wait for a name server that is silent, and then staple nothing
 * until the next one; so it asks itself, on loopback, and passes that on.
 */
export const staplingText = ({ chain, issuers, resolvers }: Stapling): string => {
  const responder = responderOf(certificatesIn(chain)[0]?.infoAccess)
  const servers = resolvers.flatMap(resolverText)
  if (!responder || issuers === '' || servers.length === 0) return ''
  const passedOn = `127.0.0.1:${ports.edgeResponder}`
  return `ssl_stapling on;
ssl_stapling_verify on;
ssl_trusted_certificate ${edgeFiles.issuers};
ssl_stapling_responder http://${passedOn}${responder.pathname};
server {
  listen ${passedOn};
  access_log off;
  resolver ${servers.join(' ')} valid=300s;
  resolver_timeout 5s;
  set $responder ${responder.host};
  location / {
    proxy_pass http://$responder$request_uri;
    proxy_set_header Host $responder;
    proxy_connect_timeout 5s;
    proxy_read_timeout 5s;
  }
}
`
}
