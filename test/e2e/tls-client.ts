// What a client sees of an edge before and beside HTTP: which certificate, which version of TLS; what plain http answers; and a load that must not notice changes.
import { request } from 'node:http'
import { connect, type SecureVersion } from 'node:tls'
import { ask, type Site } from '../kind/browser.ts'

export interface Greeting {
  readonly fingerprint: string
  readonly protocol: string | null
}

/** A handshake that verifies the chain and the name; fails as a client would. */
export const greet = ({ address = '127.0.0.1', port, host, ca }: Site, version?: SecureVersion): Promise<Greeting> =>
  new Promise((resolve, reject) => {
    // whoever wants an old version must lower his own guard, or he would refuse before the server could
    const only = version && { minVersion: version, maxVersion: version, ...(version === 'TLSv1.1' && { ciphers: 'DEFAULT@SECLEVEL=0' }) }
    const socket = connect({ host: address, port, servername: host, ca, timeout: 10_000, ...only }, () => {
      resolve({ fingerprint: socket.getPeerCertificate().fingerprint256, protocol: socket.getProtocol() })
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(new Error(`${host}: no handshake in time`)))
    socket.once('error', reject)
  })

/** Handshakes one after the other, so that every nginx behind a Service is likely met. */
export const greetMany = async (site: Site, count = 12): Promise<readonly Greeting[]> => {
  const greetings: Greeting[] = []
  for (let index = 0; index < count; index++) greetings.push(await greet(site))
  return greetings
}

export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export const askPlainly = (address: string, port: number, host: string, path: string): Promise<PlainAnswer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: address, port, path, headers: { host }, agent: false, timeout: 10_000 }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, headers: response.headers })
    })
    asked.once('timeout', () => asked.destroy(new Error(`${host}${path}: no answer in time`)))
    asked.once('error', reject)
    asked.end()
  })

export interface Load {
  /** Ends it when so many requests were sent, however slow the machine is; tells how many there were and what became of those that failed. */
  readonly end: (least: number) => Promise<{ readonly requests: number; readonly failed: readonly string[] }>
}

/** People who ask all the time, each over a connection of its own. */
export const load = (site: Site, path: string, people = 3): Load => {
  const failed: string[] = []
  let requests = 0
  let wanted = Number.POSITIVE_INFINITY
  const person = async () => {
    while (requests < wanted) {
      requests++
      const outcome = await ask(site, path, { timeoutMilliseconds: 10_000 }).then(({ status }) => (status === 200 ? '' : `answered ${status}`), String)
      if (outcome) failed.push(outcome)
    }
  }
  const everybody = Promise.all(Array.from({ length: people }, person))
  const end = async (least: number) => {
    wanted = least
    await everybody
    return { requests, failed }
  }
  return { end }
}
