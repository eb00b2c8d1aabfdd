// Probes of what lies before HTTP: versions, ciphers and stapling of TLS, and the way from http to https.
import { connect } from 'node:tls'
import { ciphers } from '../../operator/resources/ciphers.ts'
import type { Site } from '../kind/browser.ts'
import { tryRun } from '../kind/command.ts'
import { edge, nobody, type Probe } from './protections-probe.ts'
import { answererOf } from './protections-visit.ts'
import { askPlainly } from './tls-client.ts'

/** What a handshake ended with: the cipher, or undefined when the server would not. A handshake that failed otherwise is an error. */
const handshake = async ({ address = '127.0.0.1', port, host }: Site, ...options: readonly string[]): Promise<string | undefined> => {
  const { stdout, stderr } = await tryRun('openssl', ['s_client', '-connect', `${address}:${port}`, '-servername', host, ...options], {
    timeoutMilliseconds: 30_000,
  })
  const cipher = /Cipher is (\S+)/.exec(stdout)?.[1]
  if (cipher !== undefined && cipher !== '(NONE)') return cipher
  if (/alert (protocol version|handshake failure)/.test(stderr)) return undefined
  throw new Error(`openssl s_client ${options.join(' ')}: neither a handshake nor a refusal of the server: ${stderr.slice(0, 500)}`)
}

/** Whoever wants an old version must lower his own guard, or he would refuse before the server could. */
const everything = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'

/** The versions that a server speaks, of those that openssl still does. */
export const versionsOf = async (site: Site): Promise<readonly string[]> => {
  const spoken = await Promise.all(
    ['1.1', '1.2', '1.3'].map(async (version) => ((await handshake(site, `-tls${version.replace('.', '_')}`, '-cipher', everything)) ? [version] : [])),
  )
  return spoken.flat()
}

/** All ciphers of TLS 1.2 that a server takes: whichever it has chosen is left out of the next offer, until it takes none. */
export const ciphersOf = async (site: Site): Promise<readonly string[]> => {
  const taken: string[] = []
  for (;;) {
    const cipher = await handshake(site, '-tls1_2', '-cipher', [everything, ...taken.map((name) => `!${name}`)].join(':'))
    if (cipher === undefined) return taken.sort()
    if (taken.includes(cipher)) throw new Error(`${cipher} was chosen though it was not offered`)
    taken.push(cipher)
  }
}

/** Those of the guide that fit a certificate: a key is either of RSA or of elliptic curves. */
export const guidesCiphers = (kind: 'ECDSA' | 'RSA'): readonly string[] =>
  ciphers
    .split(':')
    .filter((name) => name.startsWith(`ECDHE-${kind}-`))
    .sort()

const same = (one: readonly string[], other: readonly string[]): boolean => one.join() === other.join()

export const tlsVersions: Probe = async ({ site, stranger }) => {
  const spoken = await versionsOf(site)
  const detail = `TLS ${spoken.join(' and ')}`
  if (!same(spoken, ['1.2', '1.3'])) return nobody(detail)
  if (stranger === undefined) return edge(detail)
  return same(spoken, await versionsOf({ ...site, host: stranger })) ? nobody(`${detail}, as for anybody`) : edge(detail)
}

export const tlsCiphers: Probe = async ({ site }) => {
  const taken = await ciphersOf(site)
  const detail = taken.join(', ')
  return same(taken, guidesCiphers(taken[0]?.includes('ECDSA') ? 'ECDSA' : 'RSA')) ? edge(detail) : nobody(detail)
}

/** The OCSP response that a server staples to its certificate; empty when there is none. */
export const stapled = ({ address = '127.0.0.1', port, host, ca }: Site): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, servername: host, ca, requestOCSP: true, timeout: 10_000 })
    socket.once('OCSPResponse', (response: Buffer | null) => {
      resolve(response ?? Buffer.alloc(0))
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(new Error(`${host}: no handshake in time`)))
    socket.once('error', reject)
  })

export const ocspStapling: Probe = async ({ site }) => {
  const { length } = await stapled(site)
  return length > 0 ? edge(`${length} bytes were stapled`) : nobody('nothing is stapled')
}

/** A redirect says where to with path and query, and for good. */
export const httpsRedirect: Probe = async ({ site, door }) => {
  const { status, headers } = await askPlainly(door.address, door.http, site.host, '/a?b=c')
  const detail = `${status} to ${String(headers.location)}`
  const whole = [301, 308].includes(status) && /^https:\/\/[^/]+\/a\?b=c$/.test(String(headers.location))
  return whole && answererOf(headers) === 'edge' ? edge(detail) : nobody(detail)
}
